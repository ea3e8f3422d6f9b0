"""The addresses of the moderators' desk, below /desk/."""

from django.urls import path

from broadsheet.comments.desk import claiming, exports, records, rules, views

urlpatterns = [
    path("comments/", views.comments, name="desk-comments"),
    path("comments/rows/", views.rows, name="desk-comments-rows"),
    path("comments/<int:pk>/beside/", views.pane, name="desk-comments-pane"),
    path("comments/<int:pk>/act/", views.act, name="desk-comments-act"),
    path("comments/<int:pk>/claim/", claiming.claim, name="desk-comments-claim"),
    path("comments/writers/<int:pk>/notes/", claiming.add_note, name="desk-comments-note"),
    path("comments/notes/<int:pk>/remove/", claiming.remove_note, name="desk-comments-unnote"),
    path("comments/many/", views.bulk, name="desk-comments-bulk"),
    path("comments/undo/<int:pk>/", views.undo, name="desk-comments-undo"),
    path("comments/undo/<slug:batch>/all/", views.undo_batch, name="desk-comments-undo-batch"),
    path("comments/log/", records.log, name="desk-comments-log"),
    path("comments/load/", records.load, name="desk-comments-load"),
    path("comments/writers/<int:pk>/", records.writer, name="desk-comments-writer"),
    path("comments/sanctions/<int:pk>/lift/", records.lift, name="desk-comments-lift"),
    path("comments/threads/<int:pk>/", records.thread, name="desk-comments-thread"),
    path(
        "comments/threads/<int:pk>/thread.csv",
        exports.thread,
        {"form": "csv"},
        name="desk-comments-csv",
    ),
    path(
        "comments/threads/<int:pk>/thread.json",
        exports.thread,
        {"form": "json"},
        name="desk-comments-json",
    ),
    path("comments/guidelines/", rules.guidelines, name="desk-comments-guidelines"),
    path("comments/words/", rules.word_lists, name="desk-comments-words"),
    path("comments/words/new/", rules.word_list, name="desk-comments-new-words"),
    path("comments/words/<int:pk>/", rules.word_list, name="desk-comments-word-list"),
    path("comments/words/<int:pk>/import/", rules.import_words, name="desk-comments-import"),
    path("comments/words/<int:pk>/delete/", rules.delete_words, name="desk-comments-delete-words"),
    path("comments/rules/", rules.paper_rules, name="desk-comments-rules"),
    path("comments/help/", rules.help_page, name="desk-comments-help"),
]
