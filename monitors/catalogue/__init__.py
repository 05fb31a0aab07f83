"""All monitors, one module a figure."""
