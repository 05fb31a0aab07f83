"""The memory in two generations."""

from models.decisions.generations import Generations


def test_a_key_of_the_older_generation_is_found_as_often_as_it_is_asked_for() -> None:
    """Also where it moves to the younger one with the first of them."""
    memory = Generations[str, int](size=2)
    for number, name in enumerate("abc"):
        memory.put(name, number)
    assert memory.find(["a", "a", "x", "a"]) == [0, 0, None, 0]


def test_a_memory_with_other_values_has_the_same_keys() -> None:
    """Of both generations; what comes to one afterwards is not in the other."""
    memory = Generations[str, int](size=2)
    for number, name in enumerate("abc"):
        memory.put(name, number)
    other = memory.mapped(lambda name, number: number + 10 * (name == "c"))
    memory.put("d", 3)
    assert [0, 1, 12, None] == other.find("abcd")
    assert [2, 3] == memory.find("cd")
