import pytest

from kubestock.values.secrecy import is_credential, is_secret_name

SECRET = (
    *("DB_PASSWORD", "dbPassword2", "db.password", "dbpassword", "password", "passwords", "Passwd", "PASSWORD_HASH"),
    *("passphrase", "pwd", "DB_PWD", "KONG_PG_PW", "DB_PASS", "X-Pass", "pass", ".htpasswd", ".pgpass", "passcode"),
    *("PGPASSWORD", "SECRET_KEY_BASE", "LICENSE_KEY", "X-Vault-Token", "NPM_TOKEN", "COOKIE_SECRET", "ca.key"),
    *("sentinel_password", "PASSWORD_OLD", "POSTGRES_PASSWORD_1"),
    *("API_TOKEN", "OAUTH2Token", "accessToken", "ACCESSTOKEN", "X-Auth-Token", "tokens", "X-CSRF-Token", "token.txt"),
    *("client-secret", "clientSecret", "CLIENTSECRET", "secret_v1", "secrets.json", "aws_secret", "VAULT_SECRET_ID"),
    *("AUTHORIZATION", "Authorization", "Proxy-Authorization", "X-Auth", "auth", "REDIS_AUTH", "BEARER", "X-JWT"),
    *("SESSION_COOKIE", "Cookie", "Set-Cookie", "sessionCookie", "SESSION_ID", "connect.sid"),
    *("KEY", "key", "apiKey", "APIKey", "apikey", "X-Api-Key", "DD-API-KEY", "tls.key", "JWT_SIGNING_KEYS", "X-Key-2"),
    *("AWS_SECRET_ACCESS_KEY", "private_key", "PRIVATE_KEY_PEM", "privatekey", "ssh-privatekey", "serviceKey"),
    *("aws_key", "account_key", "eab_hmac_key", "X-Functions-Key", "x-rapidapi-key", "X-Master-Key", "KEY_BASE64"),
    *("X-Insert-Key", "DD-APPLICATION-KEY", "X-Service-Key", "ENCRYPTION_KEY", "MASTERKEY"),
    *("x-amz-signature", "sig", "PASSWORD_SALT", "PEPPER", "CARD_PIN", "TOTP_SECRET", "OTP"),
    *("GOOGLE_CREDENTIALS", "credential", ".dockerconfigjson", ".dockercfg", "kubeconfig", ".netrc", "id_rsa"),
    *("id_ed25519", "service_account_json", "header_value", "param_value", "STORAGE_CONNECTION_STRING"),
)
NO_SECRET = (
    *(
        "",
        "_",
        "42",
        "LEVEL",
        "kong.yml",
        "PAGE",
        "X-Source",
        "X-Tenant",
        "Content-Type",
        "Accept",
        "host",
        "Keep-Alive",
    ),
    *("ASGARDEO_TOKEN_URL", "TOKEN_TTL", "token_expiration", "TOKEN_ENDPOINT", "MAX_TOKENS", "TOKEN_AUDIENCE"),
    *("Keep-Alive", "JWT_ISSUER", "AUTHORIZATION_URL", "AUTH_URL", "AUTH_HEADER_NAME", "OAUTH", "AUTHOR"),
    *("AWS_ACCESS_KEY_ID", "SECRET_NAME", "secretName", "secretRef", "SECRET_ARN", "secretary", "SECRETARIAT"),
    *("PASSWORD_LENGTH", "PASSWORD_MIN_LENGTH", "PASSWORD_FILE", "PASSWORD_POLICY", "PASSWORDLESS", "passive"),
    *("bypass", "compass", "PASSENGERS", "PASS_THROUGH", "cookie_name", "COOKIE_DOMAIN", "COOKIE_SAME_SITE"),
    *("KEYBOARD", "monkey", "key_names", "key_claim_name", "KEY_PREFIX", "KEYCLOAK_HOST", "dictionary_name"),
    *("Idempotency-Key", "X-Idempotency-Key", "partition_key", "partitionKey", "rsa_public_key", "PUBLIC_KEY"),
    *("Surrogate-Key", "Sec-WebSocket-Key", "x-cache-key", "routing_key", "hash_on", "header_name", "SORT_KEY"),
    *("hide_credentials_for", "CREDENTIALS_PATH", "authenticated_groups", "hide_groups_header", "X-Request-ID"),
    *("JWT_PUBLIC_KEY", "ENCRYPTION_KEY_ID", "id_rsa.pub", "ca.crt", "client_id", "BASIC_AUTH_USER", "LICENSE"),
    *("SIGNATURE_ALGORITHM", "PING", "SPIN", "SIDE", "DESIGN", "ROLE_ID", "SESSION_TIMEOUT", "NAMESPACE"),
)


@pytest.mark.parametrize("name", SECRET)
def test_a_value_with_such_a_name_is_confidential(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", NO_SECRET)
def test_a_value_with_another_name_is_not_confidential(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("value", ["Bearer abcdefgh", " basic  dXNlcjpwYXNz ", "BEARER eyJhbGciOi.x.y"])
def test_the_value_of_an_authorization_header_is_a_credential(value: str) -> None:
    assert is_credential(value)


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer $(TOKEN)", "Basic realm", "Bearer of news that are long"])
def test_another_text_is_not_a_credential(value: str) -> None:
    assert not is_credential(value)
