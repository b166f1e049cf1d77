"""The few questions to PostgreSQL that come before Tryton's own."""

import os
import sys
import time

import psycopg2
from psycopg2.sql import SQL, Identifier

MAINTENANCE = 'postgres'
PATIENCE = 60


def connect(name):
    connection = psycopg2.connect(
        os.environ['TRYTOND_DATABASE__URI'], dbname=name, connect_timeout=3)
    connection.autocommit = True
    return connection


def answers():
    try:
        connect(MAINTENANCE).close()
    except psycopg2.OperationalError as error:
        # A server that refuses us is there, too: the one who needs it will say why.
        return 'FATAL' in str(error) and 'starting up' not in str(error)
    return True


def wait():
    """Services are ordered by whoever starts them; a server that is a moment late is no failure."""
    deadline = time.monotonic() + PATIENCE
    while not answers() and time.monotonic() < deadline:
        time.sleep(0.5)


def exists(name):
    with connect(MAINTENANCE) as connection, connection.cursor() as cursor:
        cursor.execute('SELECT 1 FROM pg_database WHERE datname = %s', (name,))
        return cursor.fetchone() is not None


def create(name):
    print(f'creating the database {name}', file=sys.stderr)
    with connect(MAINTENANCE).cursor() as cursor:
        cursor.execute(
            SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(Identifier(name)))


def is_initialised(name):
    with connect(name) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('ir_module') IS NOT NULL")
        return cursor.fetchone()[0]
