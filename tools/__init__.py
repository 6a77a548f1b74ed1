"""What makes files of this repository out of the program."""
