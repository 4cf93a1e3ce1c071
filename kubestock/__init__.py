"""kubestock."""

from kubestock._node import use_bundled_node

use_bundled_node()
