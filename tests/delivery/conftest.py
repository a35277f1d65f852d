import pytest, sys
from exam_engine.app import create_app
from exam_engine.settings import Settings
from exam_engine.clock import ManualClock
from tests import world
@pytest.fixture
def any_database_app(tmp_path):
    s=Settings(secret_key='s'*40,data_dir=tmp_path,parts=())
    from exam_engine.database import Base
    import exam_engine.scoring.models
    app=create_app(s,ManualClock(world.START))
    from exam_engine.app import engine_of
    Base.metadata.create_all(engine_of(app).database.engine)
    return app
