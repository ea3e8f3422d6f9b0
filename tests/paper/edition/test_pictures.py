"""Pictures in the sizes they are printed in."""

import threading
from pathlib import Path

import pytest
from django.db import connection

from broadsheet.demo import factories
from broadsheet.newsroom import renditions
from broadsheet.newsroom.models import Picture, Rendition
from broadsheet.newsroom.renditions import FORMATS, LEAD, PLAIN, Use


def test_a_published_picture_has_every_size_and_format(make_picture):
    picture = make_picture(size=(1600, 900))

    made = renditions.make(picture, LEAD)
    printed = renditions.printed(picture, Use.WIDE)

    assert made == picture.renditions.count() == 15
    assert printed is not None
    assert [kind for kind, _ in printed.sources] == ["image/avif", "image/webp"]
    assert [part.split()[1] for part in printed.sources[0][1].split(", ")] == [
        "480w",
        "960w",
        "1440w",
    ]
    assert (printed.width, printed.height) == (960, 540)


def test_making_a_picture_again_makes_nothing(picture):
    renditions.make(picture, LEAD)
    picture = Picture.objects.prefetch_related("renditions").get()

    assert renditions.make(picture, LEAD) == 0


def test_a_small_picture_is_never_enlarged(make_picture):
    picture = make_picture(size=(300, 200))

    renditions.make(picture, [Use.WIDE])

    assert {one.width for one in picture.renditions.all()} == {300}
    assert picture.renditions.count() == 3


def test_a_picture_without_sizes_is_printed_by_its_jpeg(picture):
    printed = renditions.printed(picture, Use.CARD)

    assert printed is not None
    assert printed.sources == ()
    assert printed.address.endswith(".jpg")
    assert picture.renditions.count() == 1


def test_printing_a_prefetched_picture_costs_no_query(picture, django_assert_num_queries):
    renditions.make(picture, LEAD)
    fetched = Picture.objects.prefetch_related("renditions").get()

    with django_assert_num_queries(0):
        assert renditions.printed(fetched, Use.WIDE)
        assert renditions.printed(fetched, Use.CARD)


def test_a_picture_whose_file_is_lost_is_not_printed(client, section, picture, media):
    story = factories.story("Lost", section=section, lead_picture=picture, access="free")
    picture.renditions.all().delete()
    (media / picture.file.name).unlink()

    answer = client.get(story.url)

    assert answer.status_code == 200
    assert "<img" not in answer.content.decode()
    assert renditions.make(picture, LEAD) == 0


def test_a_file_that_is_no_picture_is_not_printed(picture, media):
    (media / picture.file.name).write_bytes(b"no picture at all")

    assert renditions.printed(picture, Use.WIDE) is None


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_first_views_at_once_make_a_picture_once(make_picture, media):
    picture = make_picture()
    trouble = []
    together = threading.Barrier(6)

    def view():
        try:
            together.wait()
            assert renditions.printed(Picture.objects.get(pk=picture.pk), Use.WIDE)
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=view) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not trouble
    assert Rendition.objects.count() == 1
    assert len(list((media / "images").iterdir())) == 1


def test_a_process_that_comes_second_keeps_the_firsts_picture(picture, media, monkeypatch):
    """Two processes find nothing, and both make it: the database lets one in."""
    spec = f"width-960|{PLAIN}"
    generate = Picture.generate_rendition_file

    def overtaken(self, one, **more):
        monkeypatch.setattr(Picture, "generate_rendition_file", generate)
        Rendition.objects.create(
            image=self, filter_spec=one.spec, focal_point_key="", file=generate(self, one)
        )
        return generate(self, one, **more)

    monkeypatch.setattr(Picture, "generate_rendition_file", overtaken)
    printed = renditions.printed(picture, Use.WIDE)

    kept = Rendition.objects.get(filter_spec=spec)
    assert printed is not None
    assert printed.address == kept.url
    assert [file.name for file in (media / "images").iterdir()] == [Path(kept.file.name).name]


def test_what_a_story_needs_is_told_from_its_body(section, make_picture):
    lead, inside = make_picture("Lead"), make_picture("Inside")
    body = f'[{{"type": "picture", "id": "1", "value": {{"picture": {inside.pk}}}}}]'
    story = factories.story("Pictured", section=section, lead_picture=lead, body=body)

    assert renditions.of_story(story) == {lead.pk: LEAD, inside.pk: renditions.INSIDE}


def test_every_use_names_filters_that_wagtail_knows():
    from wagtail.images.models import Filter

    for use in Use:
        for spec in renditions.specs([use], width=4000):
            assert Filter(spec=spec).operations
    assert set(FORMATS) == {"image/avif", "image/webp"}


def test_a_printed_picture_is_sent_and_kept(client, picture):
    printed = renditions.printed(picture, Use.WIDE)
    assert printed is not None

    answer = client.get(printed.address)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert "max-age=31536000" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    again = client.get(printed.address, headers={"if-modified-since": answer["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/media/original_images/harbour.jpg",
        "/media/images/../original_images/harbour.jpg",
        "/media/images/..%2Foriginal_images%2Fharbour.jpg",
        "/media/images/%2Fetc%2Fpasswd.jpg",
        "/media/images/nothing.jpg",
        "/media/images/",
        "/media/documents/report.pdf",
    ],
)
def test_nothing_else_that_was_uploaded_is_sent(client, picture, path):
    assert client.get(path).status_code == 404
