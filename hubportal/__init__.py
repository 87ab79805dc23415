"""The project: wiring, no business."""
