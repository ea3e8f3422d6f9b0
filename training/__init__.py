"""How the detectors of ``broadsheet.press.screening`` are trained. Not part of the package."""
