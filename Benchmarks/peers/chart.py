"""A bar chart of records/s as SVG text."""

from html import escape

COLOURS = {"mrmc": "#0072b2"}


def bars(title, unit, rows):
    most = max(row["records_per_s"] for row in rows)
    left, width, thick = 230, 460, 22
    height = 70 + thick * len(rows) + 40
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 170}" height="{height}" '
        "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\">",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="20" y="30" font-size="16" font-weight="bold">{escape(title)}</text>',
    ]
    for index, row in enumerate(rows):
        y = 50 + thick * index
        length = width * row["records_per_s"] / most
        colour = COLOURS.get(row["peer"], "#999999")
        note = f'{row["records_per_s"]:.2f} /s, {row["peak_rss_bytes"] / 2**30:.1f} GiB'
        lines += [
            f'<text x="{left - 10}" y="{y + 14}" text-anchor="end">{escape(row["peer"])} {row["precision"]}</text>',
            f'<rect x="{left}" y="{y + 2}" width="{length:.1f}" height="{thick - 5}" fill="{colour}"/>',
            f'<text x="{left + length + 6:.1f}" y="{y + 14}" font-size="11">{note}</text>',
        ]
    lines.append(f'<text x="{left}" y="{height - 16}" font-size="11" fill="#666666">{escape(unit)}</text>')
    return "\n".join(lines + ["</svg>", ""])
