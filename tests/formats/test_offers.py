"""What is made of an offer for all buyers is made once, and never told of another one."""

from __future__ import annotations

from formats.offers import MOST_KNOWN, Offer, ToldAlike


def test_offer_is_made_into_words_once_for_each_currency() -> None:
    made: list[tuple[str, str | None]] = []

    def make(offer: Offer, currency: str | None) -> str:
        made.append((offer.description, currency))
        return f"{offer.description} in {currency}"

    alike, roses = ToldAlike(make), Offer(description="Roses")
    said = [alike.of(roses, currency) for currency in ("USD", "EUR", "USD", "EUR")]
    assert said == ["Roses in USD", "Roses in EUR"] * 2
    assert made == [("Roses", "USD"), ("Roses", "EUR")]


def test_offer_that_takes_the_place_of_another_is_told_as_itself() -> None:
    alike = ToldAlike(lambda offer, _: offer.description)
    assert all(alike.of(Offer(description=f"{at}")) == f"{at}" for at in range(1000))


def test_no_more_offers_are_kept_than_allowed() -> None:
    alike = ToldAlike(lambda offer, _: offer.description)
    offers = [Offer(description=f"{at}") for at in range(MOST_KNOWN + 1)]
    assert [alike.of(each) for each in offers[-3:]] == [each.description for each in offers[-3:]]
    for each in offers:
        alike.of(each)
    assert len(alike) <= MOST_KNOWN
