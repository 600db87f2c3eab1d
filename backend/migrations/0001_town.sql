-- A town's fixed things. Every key starts with town_id: the same schema can be sharded by town, with `town` itself as a
-- reference table. Geometry is WGS 84 (EPSG:4326); areas are taken on the ellipsoid.
CREATE EXTENSION IF NOT EXISTS postgis;
-- Lets a GiST index begin with town_id.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE town (
    town_id       integer PRIMARY KEY CHECK (town_id > 0),
    slug          text    NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,31}$'),
    code          text    CHECK (code ~ '^[0-9]{9}$'),
    name_zh       text    NOT NULL,
    name_en       text    NOT NULL,
    time_zone     text    NOT NULL,
    demonstration boolean NOT NULL DEFAULT false,
    boundary      geometry(MultiPolygon, 4326) NOT NULL
        CONSTRAINT town_boundary_valid CHECK (ST_IsValid(boundary) AND NOT ST_IsEmpty(boundary)),
    area_m2       double precision GENERATED ALWAYS AS (ST_Area(boundary::geography)) STORED
);

-- One row a town: who holds it writes the town's next event. Numbers are given under this lock, so that they commit in
-- order and a reader who remembers the last one can miss none.
CREATE TABLE town_feed (
    town_id       integer PRIMARY KEY REFERENCES town,
    last_seq      bigint  NOT NULL DEFAULT 0,
    last_incident bigint  NOT NULL DEFAULT 0,
    day           date    NOT NULL DEFAULT DATE '1970-01-01',
    day_count     integer NOT NULL DEFAULT 0
);

CREATE TABLE village (
    town_id      integer NOT NULL REFERENCES town,
    village_code text    NOT NULL CHECK (village_code ~ '^[0-9]{12}$'),
    name_zh      text    NOT NULL,
    name_en      text    NOT NULL,
    boundary     geometry(Polygon, 4326) NOT NULL
        CONSTRAINT village_boundary_valid CHECK (ST_IsValid(boundary) AND NOT ST_IsEmpty(boundary)),
    area_m2      double precision GENERATED ALWAYS AS (ST_Area(boundary::geography)) STORED,
    PRIMARY KEY (town_id, village_code)
);
CREATE INDEX village_boundary ON village USING gist (town_id, boundary);

-- A boundary plan: one set of grids with its period of validity.
CREATE TABLE plan (
    town_id    integer NOT NULL REFERENCES town,
    plan_id    integer NOT NULL,
    name_zh    text    NOT NULL,
    name_en    text    NOT NULL,
    state      text    NOT NULL CHECK (state IN ('draft', 'published', 'superseded')),
    valid_from timestamptz NOT NULL,
    valid_to   timestamptz CHECK (valid_to > valid_from),
    PRIMARY KEY (town_id, plan_id),
    CONSTRAINT plan_one_at_a_time EXCLUDE USING gist (town_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
        WHERE (state <> 'draft')
);

CREATE TABLE grid (
    town_id      integer NOT NULL,
    plan_id      integer NOT NULL,
    grid_code    text    NOT NULL CHECK (grid_code ~ '^[0-9]{15}$'),
    village_code text    NOT NULL,
    name_zh      text    NOT NULL,
    name_en      text    NOT NULL,
    level        text    NOT NULL DEFAULT 'management' CHECK (level IN ('management', 'patrol')),
    land_use_zh  text    NOT NULL,
    land_use_en  text    NOT NULL,
    valid_from   timestamptz NOT NULL,
    valid_to     timestamptz CHECK (valid_to > valid_from),
    boundary     geometry(Polygon, 4326) NOT NULL
        CONSTRAINT grid_boundary_valid CHECK (ST_IsValid(boundary) AND NOT ST_IsEmpty(boundary)),
    area_m2      double precision GENERATED ALWAYS AS (ST_Area(boundary::geography)) STORED,
    PRIMARY KEY (town_id, plan_id, grid_code),
    FOREIGN KEY (town_id, plan_id) REFERENCES plan,
    FOREIGN KEY (town_id, village_code) REFERENCES village,
    CONSTRAINT grid_code_names_village CHECK (left(grid_code, 12) = village_code)
);
CREATE INDEX grid_boundary ON grid USING gist (town_id, boundary);

CREATE TABLE building (
    town_id     integer  NOT NULL REFERENCES town,
    building_id integer  NOT NULL,
    position    geometry(Point, 4326) NOT NULL,
    households  smallint NOT NULL CHECK (households > 0),
    residents   smallint NOT NULL CHECK (residents >= 0),
    PRIMARY KEY (town_id, building_id)
);
CREATE INDEX building_position ON building USING gist (town_id, position);

CREATE TABLE camera (
    town_id     integer NOT NULL REFERENCES town,
    camera_code text    NOT NULL,
    name_zh     text    NOT NULL,
    name_en     text    NOT NULL,
    position    geometry(Point, 4326) NOT NULL,
    bearing_deg real    CHECK (bearing_deg >= 0 AND bearing_deg < 360),
    fov_deg     real    NOT NULL CHECK (fov_deg > 0 AND fov_deg <= 360),
    range_m     real    NOT NULL CHECK (range_m > 0 AND range_m <= 5000),
    status      text    NOT NULL CHECK (status IN ('online', 'offline', 'maintenance')),
    owner       text    NOT NULL CHECK (owner IN ('police', 'town', 'village', 'school', 'business')),
    PRIMARY KEY (town_id, camera_code)
);
CREATE INDEX camera_position ON camera USING gist (town_id, position);

CREATE TABLE road (
    town_id integer NOT NULL REFERENCES town,
    road_id integer NOT NULL,
    class   text    NOT NULL CHECK (class IN ('county', 'township', 'village', 'lane')),
    name_zh text,
    name_en text,
    path    geometry(LineString, 4326) NOT NULL,
    PRIMARY KEY (town_id, road_id)
);
CREATE INDEX road_path ON road USING gist (town_id, path);

CREATE TABLE water (
    town_id  integer NOT NULL REFERENCES town,
    water_id integer NOT NULL,
    kind     text    NOT NULL CHECK (kind IN ('canal', 'ditch', 'gully', 'pond')),
    name_zh  text,
    name_en  text,
    shape    geometry(Geometry, 4326) NOT NULL
        CHECK (GeometryType(shape) IN ('LINESTRING', 'POLYGON')),
    PRIMARY KEY (town_id, water_id)
);
CREATE INDEX water_shape ON water USING gist (town_id, shape);

CREATE TABLE place (
    town_id  integer NOT NULL REFERENCES town,
    place_id integer NOT NULL,
    kind     text    NOT NULL,
    name_zh  text    NOT NULL,
    name_en  text    NOT NULL,
    position geometry(Point, 4326) NOT NULL,
    PRIMARY KEY (town_id, place_id)
);
CREATE INDEX place_position ON place USING gist (town_id, position);

-- The town's own staff and partner units; never residents.
CREATE TABLE staff (
    town_id      integer NOT NULL REFERENCES town,
    staff_id     integer NOT NULL,
    role         text    NOT NULL,
    name         text    NOT NULL,
    village_code text,
    unit_zh      text,
    unit_en      text,
    PRIMARY KEY (town_id, staff_id),
    FOREIGN KEY (town_id, village_code) REFERENCES village
);

-- Grids by code, not by plan: a member keeps a grid when a new plan keeps its code.
CREATE TABLE staff_grid (
    town_id   integer NOT NULL,
    staff_id  integer NOT NULL,
    grid_code text    NOT NULL,
    PRIMARY KEY (town_id, staff_id, grid_code),
    FOREIGN KEY (town_id, staff_id) REFERENCES staff
);

-- Categories are data with history: an incident keeps the version that it was filed under.
CREATE TABLE category (
    town_id             integer NOT NULL REFERENCES town,
    category_code       text    NOT NULL CHECK (category_code ~ '^[a-z0-9_-]{1,40}$'),
    version             integer NOT NULL DEFAULT 1,
    group_word          text    NOT NULL CHECK (group_word IN ('security', 'emergency', 'dispute', 'management')),
    name_zh             text    NOT NULL,
    name_en             text    NOT NULL,
    filing_standard_zh  text    NOT NULL DEFAULT '',
    filing_standard_en  text    NOT NULL DEFAULT '',
    closing_standard_zh text    NOT NULL DEFAULT '',
    closing_standard_en text    NOT NULL DEFAULT '',
    limit_grid_min      integer NOT NULL CHECK (limit_grid_min > 0),
    limit_village_min   integer NOT NULL CHECK (limit_village_min > 0),
    limit_town_min      integer NOT NULL CHECK (limit_town_min > 0),
    default_unit_zh     text    NOT NULL DEFAULT '',
    default_unit_en     text    NOT NULL DEFAULT '',
    valid_from          timestamptz NOT NULL,
    valid_to            timestamptz CHECK (valid_to > valid_from),
    PRIMARY KEY (town_id, category_code, version)
);
CREATE UNIQUE INDEX category_in_force ON category (town_id, category_code) WHERE valid_to IS NULL;
