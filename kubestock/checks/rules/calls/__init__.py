"""Whether the calls that programs are told of get through."""
