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


def silence():
    """Why the server does not answer; nothing where it does."""
    try:
        connect(MAINTENANCE).close()
    except psycopg2.OperationalError as error:
        reason = str(error).strip()
        # A server that refuses us is there, too: the one who needs it will say why.
        return None if 'FATAL' in reason and 'starting up' not in reason else reason
    return None


def answers():
    return silence() is None


def wait():
    """Services are ordered by whoever starts them; a server that is a moment late is no failure."""
    deadline = time.monotonic() + PATIENCE
    while reason := silence():
        if time.monotonic() > deadline:
            sys.exit(f'The database server does not answer: {reason}')
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


def has_passwords(name):
    """Can anybody log in? Not before the first initialisation has come to its end."""
    with connect(name) as connection, connection.cursor() as cursor:
        try:
            cursor.execute('SELECT 1 FROM res_user WHERE password_hash IS NOT NULL LIMIT 1')
        except (psycopg2.errors.UndefinedTable, psycopg2.errors.UndefinedColumn):
            return False
        return cursor.fetchone() is not None
