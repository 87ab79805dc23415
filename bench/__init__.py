"""What the portal costs beside the least that could do the same: `make bench`."""
