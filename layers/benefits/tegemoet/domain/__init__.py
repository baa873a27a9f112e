"""Pure building blocks: money, calendar, identity numbers, parameters, decisions. No I/O, no clock."""
