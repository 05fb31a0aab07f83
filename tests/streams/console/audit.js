// Run in the page by the tests: each function gives a list of what is wrong, empty where all is well.
({
  overflow: () => {
    const wide = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
      .filter((one) => !one.closest(".hidden, .skip, thead, svg") && one.getBoundingClientRect().right > wide + 0.5)
      .map((one) => `${one.tagName}.${one.className} reaches ${one.getBoundingClientRect().right} of ${wide}: ${one.textContent.slice(0, 40)}`);
  },

  names: () => [...document.querySelectorAll("a[href], button, summary, input, select, textarea, [tabindex='0']")]
    .filter((one) => !(one.getAttribute("aria-label") ?? [one, ...(one.labels ?? [])].map((part) => part.textContent).join("")).trim())
    .map((one) => one.outerHTML),

  ids: () => {
    const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
    const named = [...document.querySelectorAll("[aria-labelledby]")].flatMap((one) => one.getAttribute("aria-labelledby").split(" "));
    return [...ids.filter((id, at) => ids.indexOf(id) !== at), ...named.filter((id) => !ids.includes(id))];
  },

  headings: () => {
    const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((one) => !one.closest("[hidden]")).map((one) => Number(one.tagName[1]));
    const wrong = levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1);
    return [...wrong, ...(levels.filter((level) => level === 1).length === 1 ? [] : ["not one h1"])];
  },

  tables: () => [...document.querySelectorAll("table")].filter((table) => !table.caption || [...table.querySelectorAll("th")].some((th) => !th.scope)).map((table) => table.outerHTML.slice(0, 80)),

  pictures: () => [...document.querySelectorAll("svg")]
    .filter((svg) => !svg.closest("[aria-hidden='true']") && !(svg.getAttribute("role") === "img" && svg.querySelector("title")?.textContent))
    .map((svg) => svg.outerHTML.slice(0, 80)),

  targets: () => [...document.querySelectorAll("button, summary")]
    .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 44)
    .map((one) => `${one.textContent.slice(0, 40)} is ${one.getBoundingClientRect().height} high`),

  contrast: () => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (colour) => {
      const [r, g, b] = rgba(colour).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (one) => {
      for (let at = one; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (rgba(colour)[3] === 255) return colour;
      }
      return "white";
    };
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walk.nextNode(); text; text = walk.nextNode()) {
      const one = text.parentElement;
      if (!text.data.trim() || !one.getClientRects().length || one.closest("noscript, title, desc")) continue;
      const colour = one.closest("svg") ? getComputedStyle(one).fill : getComputedStyle(one).color;
      const [high, low] = [light(colour), light(ground(one))].sort((a, b) => b - a);
      const ratio = (high + 0.05) / (low + 0.05);
      if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${text.data.trim().slice(0, 40)}`);
    }
    return found;
  },
})
