"""What several rules look up in the manifests."""
