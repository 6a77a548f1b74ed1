"""An event in the form that each receiver takes."""
