"""The bodies of ms-identity: new users, which it creates at the identity provider."""

from kubestock.production.bodies.fields import body, opened, optional, text

_USER = opened(
    ["email", "firstName", "lastName"],
    email={"type": "string", "maxLength": 254, "pattern": "^[^@\\s\\x00]+@[^@\\s\\x00]+$"},
    firstName=text(shortest=1),
    lastName=text(shortest=1),
    phone=optional(text()),
)

IDENTITY = (body("POST", "/suppliers", _USER), body("POST", "/staff", _USER))
