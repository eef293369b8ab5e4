"""A params file of one city, and what a variant says of those who agreed."""

ORIGIN = "as_of: 2026-11-01, source: 市の資料, grade: A"
OWN = f"""\
code: "122033"
values:
  dx_staff: {{value: 14, unit: 人, {ORIGIN}}}
systems:
  印鑑登録: {{steps: 12, unit: ステップ, {ORIGIN}}}
sections:
  戸籍課: {{staff: 9, unit: 人, businesses: [戸籍, 戸籍の附票], {ORIGIN}}}
gates:
  当初予算: {{request_by: 11-05, available: 04-01, {ORIGIN}}}
"""
AGREED = "who: 情報政策課長\nwhen: 2026-11-20\nwhy: 増員の見込み\n"
