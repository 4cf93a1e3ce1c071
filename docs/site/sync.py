"""The order of a sync as a picture."""

from html import escape

from kubestock.values.headers import Comment, generated_by

WAVES = (
    ("-2", "Surroundings", "Namespace, PriorityClass, quota, limits, NetworkPolicies"),
    ("-1", "Access", "ServiceAccounts, Roles, RoleBindings, issuers, secret stores"),
    ("0", "Input", "ConfigMaps, secrets, certificates, StatefulSets"),
    ("1", "Migrations", "Jobs with a hook of phase Sync"),
    ("2", "Workloads", "Deployments, DaemonSets, CronJobs, Services, claims"),
    ("3", "Gateway", "Kong, with its Services"),
    ("4", "Watchers", "autoscalers, monitors, alerts, dashboard"),
    ("after", "Test", "Jobs with a hook of phase PostSync: the smoke test"),
)
_WIDTH, _HEIGHT, _STEP, _TOP = 720, 44, 66, 12


def picture() -> str:
    """Return the picture as SVG: white text in boxes, which is legible on light and dark pages."""
    height = _TOP + _STEP * len(WAVES)
    parts = [part for number, wave in enumerate(WAVES) for part in _wave(number, *wave)]
    return "\n".join(
        [
            generated_by("`make pages` from docs/site/sync.py", Comment.MARKUP),
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
            ' aria-label="The waves of a sync" font-family="system-ui, sans-serif">',
            *parts,
            "</svg>",
            "",
        ]
    )


def _wave(number: int, wave: str, title: str, what: str) -> list[str]:
    y = _TOP + number * _STEP
    middle = y + _HEIGHT // 2 + 5
    box = f'<rect x="0" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="#3949ab"/>'
    label = f'<text x="16" y="{middle}" fill="#c5cae9" font-size="15">{escape(wave)}</text>'
    name = f'<text x="72" y="{middle}" fill="#ffffff" font-size="16" font-weight="600">{escape(title)}</text>'
    text = f'<text x="214" y="{middle}" fill="#ffffff" font-size="15">{escape(what)}</text>'
    arrow = (
        f'<path d="M{_WIDTH // 2} {y + _HEIGHT} v16 m-6 -7 l6 7 l6 -7" fill="none" stroke="#7986cb" stroke-width="2"/>'
    )
    return [box, label, name, text, *([arrow] if number + 1 < len(WAVES) else [])]
