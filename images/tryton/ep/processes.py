"""The long-running services. Each becomes the program that does the work."""

import glob
import logging
import os

import database
import settings

# Waiting for a message of the bus holds a thread for minutes.
SERVER_THREADS = 32
BUS_THREADS = 128


def become(program, *arguments):
    database.wait()
    os.execvp(program, [program, *arguments])


def count(arguments):
    try:
        return max(1, int(arguments[0]))
    except (IndexError, ValueError):
        return None


def web(processes, threads):
    # Stock Tryton sends whoever waits for messages to the same path on that host: from Coog's value back to here.
    os.environ.pop('TRYTOND_BUS__URL_HOST', None)
    options = [
        '--plugin', 'python3', '--module', 'trytond.application:app', '--need-app',
        # All addresses of the container, whatever TRYTOND_WEB__LISTEN names.
        '--http-socket', '0.0.0.0:8000', '--buffer-size', '32768',
        '--master', '--processes', str(processes), '--enable-threads', '--threads', str(threads),
        # Each process loads the application: database connections do not survive a fork.
        '--lazy-apps', '--die-on-term', '--worker-reload-mercy', '5',
    ]
    if settings.log_level() > logging.INFO:
        options.append('--disable-logging')
    return options


def debug_tools():
    for path in glob.glob('/tmp/uwsgi_tracebacker*'):
        os.unlink(path)
    options = []
    if os.environ.get('ENABLE_UWSGI_STATS') == '1':
        options += ['--stats', '/tmp/uwsgi_stats']
    if os.environ.get('ENABLE_UWSGI_TRACEBACKER') == '1':
        options += ['--py-tracebacker', '/tmp/uwsgi_tracebacker']
    return options


def server(arguments):
    processes = count(arguments)
    if processes is None:
        return settings.wrong_usage('ep: server takes the number of processes, as in `ep server 2`')
    become('uwsgi', *web(processes, SERVER_THREADS), *debug_tools())


def bus(_arguments):
    os.environ['TRYTOND_BUS__ALLOW_SUBSCRIBE'] = '1'
    become('uwsgi', *web(1, BUS_THREADS))


def cron(_arguments):
    become('trytond-cron', *settings.verbosity(), '-d', *settings.databases())


def worker(arguments):
    """Stock Tryton has its queue in the database, and a worker serves all queues by whatever name."""
    os.environ['TRYTOND_QUEUE__WORKER'] = '1'
    processes = count(arguments) or 1
    become('trytond-worker', *settings.verbosity(), '-n', str(processes), '-d', *settings.databases())
