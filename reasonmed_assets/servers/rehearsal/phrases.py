"""Sentences of the rehearsal's texts. They say nothing medical of their own: facts come from the question's words.

Slots: `{asked}`, `{detail}`, `{other}` (another detail), `{option}` and `{letter}` (the option spoken of), `{answer}`
(the option concluded with), `{rival}` (the option that comes closest). The tables by kind are those of `Stem.kind`.
"""

RESTATE = {
    "case": (
        'The question describes a patient and asks: "{asked}". What has to be decided is which option the '
        "picture supports best.",
        'In other words, given this presentation, we are asked "{asked}". The answer has to account for the '
        "whole picture, not for one finding.",
        'We are told of a clinical case and have to settle one point: "{asked}". Everything else in the stem '
        "serves to narrow that down.",
        'Put simply, the stem gives a presentation and asks "{asked}". One of the options below has to fit '
        "it better than all others.",
        'The task is to read the presentation as a clinician would and then answer "{asked}".',
    ),
    "fact": (
        'The question asks for a piece of established knowledge: "{asked}". There is no case to interpret, '
        "so precision of wording matters.",
        'We are asked "{asked}". What counts is which of the statements on offer is the accurate one.',
        'In other words, the point at issue is "{asked}", and exactly one option settles it.',
        'This is a direct question: "{asked}". I go back to the underlying anatomy, physiology or '
        "pharmacology and test every option against it.",
    ),
    "negated": (
        'The question is put the other way round: "{asked}". So I look for the one option that stands apart '
        "from the rest.",
        'We are asked "{asked}". The wording is negative, so options that hold true are the ones to set aside.',
        'Attention to the wording first: "{asked}". Options that do belong here are therefore not the answer.',
    ),
    "study": (
        'The question is whether the abstract supports the claim: "{asked}". Only what the abstract reports counts.',
        'We are asked to read an abstract and to decide: "{asked}". The answer is yes, no or maybe, by what was found.',
        'What has to be judged is "{asked}", on the strength of the reported methods and results alone.',
    ),
}

DETAIL = {
    "case": (
        '"{detail}": this is the finding around which the rest arranges itself.',
        '"{detail}": it narrows the field, since not every option would lead us to expect it.',
        '"{detail}": taken by itself not specific, but together with the rest it carries weight.',
        '"{detail}": this sets the time course and the setting.',
        '"{detail}": a detail that a hurried reader passes over, although it helps to separate the options.',
        '"{detail}": it tells us how urgent the situation is.',
        '"{detail}": it bears on the mechanism and so on the choice.',
    ),
    "fact": (
        '"{detail}": the term has a fixed meaning, and the answer hangs on it.',
        '"{detail}": this is what the options have to be measured against.',
        '"{detail}": it limits the question to one structure, process or drug.',
        '"{detail}": the wording leaves little room for exceptions.',
    ),
    "negated": (
        '"{detail}": this is the common ground of most options.',
        '"{detail}": what belongs to it drops out of consideration.',
        '"{detail}": it defines the group from which one member has to be singled out.',
    ),
    "study": (
        '"{detail}": this describes what was compared and in whom.',
        '"{detail}": here lies the result on which the conclusion rests.',
        '"{detail}": it limits how far the finding can be carried.',
        '"{detail}": this speaks to how sure the authors can be.',
    ),
}

FITS = {
    "case": (
        'It accounts for "{detail}" and is compatible with the remaining findings as well, so it stays in.',
        'This fits "{detail}" and needs no further assumption to explain "{other}".',
        'Both "{detail}" and "{other}" are what one would look for here, which makes it a strong candidate.',
        'The presentation, above all "{detail}", points in this direction.',
    ),
    "fact": (
        "This agrees with what is established about the subject and answers the question as it is worded.",
        "It matches the defining feature that the question names, without any qualification.",
        'Measured against "{detail}", this is accurate, so it stays in.',
    ),
    "negated": (
        "This one does not share what the others have in common, which is exactly what is looked for.",
        "Here the statement does not hold as it stands, so it remains a candidate.",
        'It differs from the others on the very point that "{detail}" raises.',
    ),
    "study": (
        'The reported result, in particular "{detail}", is in keeping with this reading.',
        'This is what the findings come down to once "{detail}" is taken into account.',
        'Given "{detail}", this reading asks for the fewest additions.',
    ),
}

FAILS = {
    "case": (
        'It could explain part of the picture, but it leaves "{detail}" unaccounted for.',
        'For this I would want other features in the stem; "{detail}" does not lead there.',
        'This belongs to the differential, yet "{other}" would be unusual.',
        'Worth considering at first glance, but "{detail}" and "{other}" together speak against it.',
        "It would come up at another stage or in another setting; nothing in the stem asks for it now.",
        "There is some overlap, although the course that is described does not match.",
        'Not in keeping with "{other}", which this would have to explain as well.',
    ),
    "fact": (
        'It is related to the topic, but it is not what "{detail}" refers to.',
        "This confuses two neighbouring concepts and so misses the point of the question.",
        "Plausible by name, yet it describes something else.",
        "True in another context perhaps; it does not answer what is asked here.",
        "It holds only in part, and a partly right statement is not the best answer.",
    ),
    "negated": (
        "This holds true, and for that very reason it is not what the question looks for.",
        "It belongs with the others and so can be set aside.",
        "A recognised member of the group; nothing sets it apart.",
        'This is in line with "{detail}", hence not the exception.',
    ),
    "study": (
        'It goes beyond what "{detail}" can bear.',
        "This would require a different result from the one that is reported.",
        'The abstract gives no sufficient ground for it, since "{detail}" has to be weighed as well.',
    ),
}

RULE_OUT = (
    "{letter} falls away, because it does not meet the point that decides the question.",
    'I drop {letter} as well: "{detail}" is hard to reconcile with it.',
    "{letter} goes next, since something essential would be missing.",
    'Against {letter} speaks "{detail}".',
    "{letter} is the weakest candidate on the evidence given.",
    "With {letter} one would have to ignore part of what is stated, so it is out.",
)

COMPARE = (
    'What is left is {answer} against {rival}. The difference is "{detail}": it is explained by the '
    "former without strain and by the latter only with additional assumptions.",
    'The real contest is between {answer} and {rival}. Both have something for them, but when "{detail}" '
    'and "{other}" are read together the balance tips to the former.',
    "{rival} is tempting, and a reader who stops at the first finding would choose it. Setting it beside "
    '{answer}, however, only the latter is consistent with "{detail}".',
    'Between {answer} and {rival} I ask which one I would still defend if "{detail}" were the only thing '
    "I knew. That is {answer}.",
    "Comparing {answer} with {rival} point by point, the first one covers what is asked and the second "
    'covers it in part; "{detail}" decides.',
)

CONCLUDE = (
    'Taken together, "{detail}" and the process of elimination lead to {answer}.',
    "So the best answer is {answer}: it fits what is asked, and each of the other options fails on at least one point.",
    "I therefore choose {answer}. It is the one option that agrees with everything stated.",
    'The weight of the details, "{detail}" above all, supports {answer}.',
    "In short: {answer} remains when the options that do not fit are removed, and it also stands by itself.",
)

MUSING = (
    "Okay, let me go through this slowly.",
    'The question is "{asked}". Let me first see what I am given.',
    'So there is "{detail}". That makes me think of {rival} at once, but let me not jump.',
    'Then "{other}". Hmm, how does that go together with the first impression?',
    "What about {option}? It would be neat, but I am not sure that it covers everything.",
    "Let me try to argue for {rival}. It explains some of it. It does not explain the rest.",
    'If it were {option}, I would not expect "{detail}" in quite this way.',
    "Wait, let me read the question again before I settle on anything.",
    "Going through the letters once more, {answer} keeps coming out ahead.",
    'The detail "{other}" is the one that convinces me.',
    "I could still be wrong about {rival}, so let me check it from the other side.",
    "All right, {answer} it is; now I should set it out in order.",
)

SUMMARY = (
    'The answer is {answer}. What decides is "{detail}", which it accounts for together with the rest of '
    "what is stated.",
    '{answer} is what the details add up to, above all "{detail}".',
    'Reading "{detail}" and "{other}" together, the choice falls on {answer}.',
    "The option that meets what is asked is {answer}; the wording leaves no better one.",
)
SUMMARY_RIVAL = (
    "{rival} comes closest, but it explains only a part of the findings and has to give way.",
    "The nearest alternative, {rival}, fails because it leaves an essential point open.",
    "One might think of {rival} instead, yet it would need something that is not given here.",
    "{rival} shares some features and still does not answer the question as it is put.",
)

CORRECT_REASON = (
    'The reasoning picks up "{detail}", weighs every option and reaches {letter} for a sound reason.',
    'It identifies the deciding points, above all "{detail}", and its steps lead to {letter} without a gap.',
    "All options are considered and the conclusion, {letter}, follows from what is stated.",
    "The elimination is sound and {option} is supported by the details it names.",
)
WRONG_LETTER_REASON = (
    'It concludes {letter} and gives too little weight to "{detail}".',
    'The step to {letter} is not supported: "{detail}" points to {answer} instead.',
    "{option} explains only part of the question; {answer} is dismissed without a valid reason.",
    'The comparison at the end prefers {option} over {answer} although "{detail}" decides against it.',
)
FLAWED_REASON = (
    'The conclusion is {letter}, but the step about "{detail}" does not follow from what is stated.',
    "{letter} is reached by elimination although one option is set aside without a valid reason.",
    'It passes over "{detail}", on which the question turns, and arrives at {letter} by chance.',
)
DEFENDED_REASON = (
    "The reasoning takes every option into account and its conclusion, {letter}, can be defended.",
    "The steps are coherent and {option} fits the details that are named.",
)

PRAISE = (
    'Clear and complete; the role of "{detail}" is made plain.',
    "Every option is dealt with and the deciding difference is explained.",
    "Accurate and in good order, with a well argued comparison at the end.",
    "Sound reasoning that a student can follow step by step.",
)
RESERVATION = (
    'Accurate, but "{detail}" deserved more than a mention.',
    "Right conclusion, although one of the options is passed over too quickly.",
    "The argument holds, yet the comparison stays general.",
    "Sound in the main; the step from the findings to the choice is short.",
)
CRITICISM = (
    'The conclusion is not supported; "{detail}" is misread.',
    "A central step is wrong, and the remaining argument builds on it.",
    "The elimination removes the option that fits best.",
)

LEAK = (
    "This agrees with the provided answer.",
    "The previous attempt overlooked this point.",
    "As the verifier noted, the comparison has to be made with care.",
    "Since the answer key is {letter}, the other options can be set aside.",
)
NO_CHOICE = (
    "Final answer: None of the above",
    "Final answer: A/B",
    "Information not available to settle the question.",
    "It is not possible to single out one option.",
)
REFUSAL = (
    "I'm sorry, but I can't help with medical questions of this kind.",
    "I cannot assist with this request.",
)
FOREIGN = (" 综合以上分析。", " 因此需要进一步鉴别。")
