"""The sentences of the governance: words alone, which ``governance`` fills in with numbers.

A date that is not decided is a quarter (``when``, ``told``, ``range``); what a condition moves is a
clause of its own (``earlier``, ``later``, ``alone``, ``missed``), so that no sentence says more
than the table it comes from.
"""

from __future__ import annotations

TOPICS: dict[str, tuple[str, str]] = {  # topic -> what it is, and what is done about it
    "questions": (
        "{what}は、稼働しているかどうかを公表の値からは決められない({since}時点)。未移行と置くと、移行する業務は"
        "{now}から{then}に、移行ロットは{lots}件になり、最後の稼働の見通しは{told}"
        "(幅 {range}、期限までに終わる見込み{chance})、移行経費は{yen}増える。",
        "先に業務所管課とベンダに稼働の有無を確かめ、計画に反映する。答えが出るまでは、両方の場合に備える。",
    ),
    "announced": (
        "{names}は特定移行支援の該当見込みとされているが、市区町村のページは{when}の切替を知らせていた。",
        "切替を終えたかを業務所管課に確かめ、終えていれば未移行から外す。",
    ),
    "presumed": (
        "{what}は、{since}までに稼働したとみなした({unsure})。稼働を確かめてはいない。",
        "業務所管課に稼働日を確かめ、計画に反映する。",
    ),
    "offer": (
        "{count}件の移行ロット({names})には、ベンダの提示日がない。{later}。",
        "移行できる日と、その日が何によるかを、最初にベンダに書面で照会する。",
    ),
    "late_end": (
        "{lot}が期限({day})までに稼働する見込みは{chance}にとどまる。稼働の見通しは{told}(幅 {range})。",
        "期限後の運用と経費を決め、ベンダの提示日・予算の時期・体制のどれを動かせるかを確かめる。",
    ),
    "tight": (
        "{lot}が期限({day})までに稼働する見込みは{chance}。稼働の見通しは{told}(幅 {range})。",
        "課題会議で見通しを毎月確かめ、下がったときは提示日・予算の時期・体制を見直す。",
    ),
    "late_target": (
        "目標日({day})に、{count}件の移行ロット({names})の見通し(中央値)が間に合わない。"
        "最も遅いものは{told}(幅 {range})。",
        "目標日を改めるか、ベンダの提示日と予算の時期を動かせるかを決める。",
    ),
    "cause": ("最後に移す{lot}の最も早い予定は、{cause}で決まる。{earlier}。{alone}。", "{advice}"),
    "gate": (
        "{gate}の要求を逃すと、{names}の契約は、次の予算({next}、{day}から執行)まで{months}待つ。{missed}",
        "見積りと要求書を締切の前にそろえ、推進本部に諮る。",
    ),
    "signed": (
        "{count}件の移行ロット({names})は、完了ステップから契約済みとみなした({unsure})。",
        "契約書で、契約日、対象のシステム、稼働の期日を確かめる。",
    ),
    "extension": (
        "{lot}の現行契約は{day}に終わり、最も早い予定でも{months}の延長が要る({yen})。{notice}。",
        "延長の範囲と経費を現行ベンダと確かめ、期日までに延長を決める。",
    ),
    "linked": (
        "{names}を住民基本台帳より先に移すため、暫定連携の構築と撤去が要る({yen})。",
        "連携の方式と経費をベンダと確かめ、住民基本台帳の時期を動かせるかと併せて決める。",
    ),
    "night": (
        "{when}に、{names}(計{systems}業務)の切替が同じ夜に重なる。見合わせた場合、{wait}。",
        "切替の判定を事前に行い、切り戻しの手順と当日の体制を決めておく。",
    ),
    "lack": (
        "計画の日程では、職員の時間が{count}か月で足りない。不足は延べ{total}人月、"
        "最も大きいのは{when}の{resource}の{fte}。{alone}。",
        "人材の計画で補い、補えない月は仕事の順を決めるか、着手を延ばす。",
    ),
    "short": (
        "{months}で人手が足りず、不足は延べ{total}人月になる。最大は{month}の{role}の{fte}。",
        "不足する月の仕事の順を決め、外部人材を前倒しするか、着手を延ばす。",
    ),
    "dependent": (
        "計画の最後の月({month})でも、経常の仕事{wanted}のうち職員が担えるのは{covered}にとどまる。",
        "採用・育成の目標か、職員が担う仕事の範囲を見直す。",
    ),
    "heads": (
        "変革人材は計画の最後に{then}人で、目標の{goal}人に届かない。",
        "研修の受入れと各課の席を増やすか、目標を見直す。",
    ),
    "alone": (
        "DX・情報部門の職員は{staff}人で、異動(年{rate}%の見込み)や休みで仕事が止まる。",
        "手順書を残し、業務所管課に副担当を置く。都道府県や近隣の団体との共同を検討する。",
    ),
    "transfer": (
        "DX・情報部門の職員{staff}人のうち年{rate}%が4月に異動し、後任は一人前になるまで{months}かかるとみた。",
        "切替の時期と重なる異動を人事課と調整し、引継ぎ書を3月までに作る。",
    ),
    "exit": (
        "外部人材は最大{fte}({month})で、移行・推進の仕事の{share}%を担う月がある。最後の1人は{exit}に離れ、{alone}。",
        "契約に引継ぎの成果物と終了の条件を書き、職員と組んで進める。",
    ),
    "recruit": (
        "{names}を{day}から迎える計画で、募集・任用・契約の手続に最長{months}かかる。",
        "期日までに手続を始め、予算の裏付けを財政課と確かめる。",
    ),
    "unseated": (
        "人材計画の受入れ延べ{asked}人のうち{people}人に、研修の席がない。最も多い理由は{reason}。",
        "クラスを増やす、時期をずらす、受入れを減らす、のどれかを各課と決める。",
    ),
    "zero": (
        "要確認の率がすべて0なら、実質負担は{yen}({share}%)増える。最も大きいのは{measure}の{top}。",
        "率と上限額を年度ごとの要綱・通知で確かめ、率が0の場合の額も財政課に示す。",
    ),
    "late_money": (
        "要求しても支出に間に合わない経費が{yen}ある(最初は{gate}、{day}から執行)。",
        "流用・予備費によるか、着手を延ばすかを決める。",
    ),
    "unasked": (
        "要求の機会が計画の開始より前にあった経費{yen}({years})は、今の予算にあるか、当初予算の要求に含まれているとみなした。",
        "計上・要求が済んでいるかを財政課に確認し、ないものは追加要求か補正予算で要求する。",
    ),
    "value": ("{label}を{amount}とみた({unsure})。{effect}", "{advice}"),
    "gap": (
        "{plan}の計算は打切りで、証明できた下限との隔たりが{gap}%ある。より良い計画が残っている可能性がある。",
        "{mend}",
    ),
    "council": (
        "条例・規則等の改正の作業が{count}件の移行ロットにある。最も早いものは{when}の{session}に諮る。",
        "改正の要否と議案の締切を法制の担当課に確かめる。",
    ),
    "data": (
        "{count}件の移行ロットのデータ移行は、現行ベンダのデータの抽出に左右される。最初は{lot}で、{when}に始める。",
        "抽出の時期・形式・費用を現行ベンダと書面で確かめる。",
    ),
}

LABELS = {"vendor_likely": "提示日のない移行ロットをベンダが移せる時期(最もありそうな日)"}
ABOUT = {
    "council": "{names}に備える",
    "gate": "{names}の要求に備える",
    "contract": "{names}のベンダの決定",
    "cutover": "{names}の切替の判定",
}
CONDITIONS = {  # fact -> the condition where it moves something, and where it does not
    "earlier": ("ベンダが半年早いと、", "ベンダが半年早くても、"),
    "later": ("ベンダが半年遅いと、", "ベンダが半年遅くても、"),
    "alone": ("外部人材を使わないと、", "外部人材を使わなくても、"),
    "missed": ("", ""),
}
