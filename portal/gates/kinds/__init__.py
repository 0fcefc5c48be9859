"""The gates: one module each. Each gathers its facts and lets a rule of the domain judge them."""
