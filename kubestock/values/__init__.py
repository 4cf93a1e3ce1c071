"""Values that check themselves: names, labels, quantities, references. Pure Python, without cdk8s."""
