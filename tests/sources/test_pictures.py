"""Questions that point at a picture, and texts that only look so."""

from __future__ import annotations

import pytest

from reasonmed_assets.sources.pictures import needs_figure


@pytest.mark.parametrize(
    "text",
    [
        "A photograph of her hand is shown. Which of the following is the diagnosis?",
        "An x-ray of the chest is shown. What is the next step?",
        "An x\u2011ray of the knee is shown. What is the next step?",
        "He has a rash on both legs (see image). What causes it?",
        "The structure labelled in the diagram is which of the following?",
        "What is the management of the condition shown?",
        "Which nerve supplies the muscle marked by the arrow?",
        "His skin is as shown in Figure A. Which drug caused it?",
        "A CXR was done and is shown below. What is it?",
        "The instrument shown in fig is used for",
        "Use the image below to answer.",
        "Gross examination of the heart at autopsy is shown. What was the cause of death?",
        "The following ECG is recorded. What is the rhythm?",
        "A man has pain below the sternum. What is the diagnosis from the ECG given?",
        "A mass below the liver was seen. Name the vessel highlighted by the red box.",
        "Two images were taken on day 1. What does Fig2 mean?",
    ],
)
def test_a_text_that_points_at_a_picture(text: str) -> None:
    assert needs_figure(text)


@pytest.mark.parametrize(
    "text",
    [
        "Laboratory values are shown below: Sodium 138 mEq/L. What is the diagnosis?",
        "Laboratory results are shown below. Serum: Na+ 138 mEq/L. What is the diagnosis?",
        "An x-ray of the chest shows bilateral infiltrates. What is the diagnosis?",
        "The liver is palpated 2 cm below the right costal margin. What is the diagnosis?",
        "She has a distorted body image and restricts her food. What is the diagnosis?",
        "He tried to figure out what was wrong. What is the diagnosis?",
        "Several trials have shown that the drug works. What is its target?",
        "A magnetic resonance image of the spine shows a compression fracture. What is the cause?",
        "Which of the following ECG findings is most likely?",
        "Marked eosinophilia is a feature of which disease?",
        "Cytopathic effect is shown by:",
        "Which of the following?",
    ],
)
def test_a_text_that_is_complete(text: str) -> None:
    assert not needs_figure(text)
