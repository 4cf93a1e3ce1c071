"""Draws a product: `model` has the boxes and lines, `product` finds them, `mermaid` and `svg` write them."""
