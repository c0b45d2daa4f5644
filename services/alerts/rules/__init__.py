"""When HR is told something: rules over published windows, evaluated in event time."""
