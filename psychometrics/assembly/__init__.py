"""Test assembly by mixed-integer programming, and shadow tests.

``pool``         the items and all that may be asked about them (`ItemPool`)
``blueprint``    what a form must hold (`Blueprint`, `Count`, `Sum`, `Mean`, `Information`, `ItemSets`)
``goals``        what makes one form better than another
``plan``         several forms and what they may share (`Sharing`)
``forms``        `assemble`, `assemble_adaptive_pool` and their result
``clashes``      which rules cannot hold together
``shadow``       adaptive tests that keep a blueprint (`ShadowTest`)
``layout``, ``program``, ``search``, ``exchange``  the mathematics below
"""
