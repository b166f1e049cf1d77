"""What Coog's environment variables mean to stock Tryton (which reads TRYTOND_SECTION__KEY itself)."""

import csv
import logging
import os
import sys
from urllib.parse import urlsplit

WEB_CLIENT = '/usr/share/tryton-sao/www'


def wrong_usage(message):
    print(message, file=sys.stderr)
    return 2


def prepare():
    environment = os.environ
    environment.setdefault('HOME', '/tmp')
    environment.setdefault('TRYTOND_WEB__ROOT', WEB_CLIENT)
    environment['TRYTOND_LOGGING_LEVEL'] = str(log_level())
    if 'TRYTOND_DATABASE__URI' in environment:
        # Tryton puts the database's name there and warns of another one.
        uri = urlsplit(environment['TRYTOND_DATABASE__URI'])
        environment['TRYTOND_DATABASE__URI'] = f'{uri.scheme}://{uri.netloc}'


def log_level():
    level = logging.getLevelName(os.environ.get('LOG_LEVEL', 'WARNING').upper())
    return level if isinstance(level, int) else logging.WARNING


def verbosity():
    """The log level in the words of Tryton's programs: an error's level less ten for each -v."""
    return ['-v'] * max(0, (logging.ERROR - log_level()) // 10)


def databases():
    """All databases of the environment; without one, the main database."""
    names = os.environ.get('TRYTOND_DATABASE_NAMES') or os.environ.get('COOG_DB_NAME') or ''
    return [name for row in csv.reader([names]) for name in row]
