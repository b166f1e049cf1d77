"""The back office's entry point: the commands of Coog's image, done by stock Tryton."""

import sys

import admin
import health
import processes
import settings

COMMANDS = {
    'server': ('server N', 'the web server and client with N processes', processes.server),
    'celery': ('celery N [QUEUES]', 'N processes that work off the queue', processes.worker),
    'celery_maintenance': ('celery_maintenance', 'one such process', processes.worker),
    'cron': ('cron', 'the scheduled tasks', processes.cron),
    'bus': ('bus', 'the web server for clients that wait for messages', processes.bus),
    'admin': ('admin …', "trytond-admin's options, -c to create the database", admin.run),
    'health': ('health', 'does what runs in this container answer?', health.run),
}


def usage():
    lines = [f'  {form:20}{what}' for form, what, _ in COMMANDS.values()]
    return '\n'.join(['Commands of ep:', *lines])


def main(arguments):
    name, *rest = arguments or ['']
    if name not in COMMANDS:
        sys.exit(settings.wrong_usage(f'ep: unknown command {name!r}\n{usage()}'))
    settings.prepare()
    sys.exit(COMMANDS[name][2](rest))


main(sys.argv[1:])
