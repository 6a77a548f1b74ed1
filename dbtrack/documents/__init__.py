"""Documents for people who do not look at a terminal: one HTML or Markdown file that loads nothing."""
