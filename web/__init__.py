"""The edges of the time bank: pages, the JSON API and the command line, over ``timebank``."""
