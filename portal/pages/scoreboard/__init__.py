"""The scoreboard: the programme's targets with their trend, the day-end checklist, and the board pack."""
