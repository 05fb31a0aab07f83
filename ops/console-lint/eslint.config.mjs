// What the type checker does not see. Run from the root of the checkout, as `npm run check` does.
import js from "@eslint/js";

export default [
  {
    files: ["**/static/*.js"],
    rules: {
      ...js.configs.recommended.rules,
      "no-undef": "off", // the type checker knows the browser's names, and says so
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-shadow": "error",
      "no-restricted-properties": [
        "error",
        { property: "innerHTML", message: "Texts are never markup: make elements with h()." },
        { property: "outerHTML", message: "Texts are never markup: make elements with h()." },
        { property: "insertAdjacentHTML", message: "Texts are never markup: make elements with h()." },
      ],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 60],
    },
  },
];
