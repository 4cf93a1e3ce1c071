"""Facts that check themselves: names, labels, quantities, references. Pure Python, no cdk8s."""
