"""`ep admin`: trytond-admin, with what Coog's knows more than the stock one."""

import copy
import os
import re
import secrets
import sys

import database
import settings

KEPT_IN = ['/workspace/io', '/tmp']


def stock_options(arguments):
    """Takes Coog's own options away: -c creates missing databases, indexes are always made."""
    create = False
    options = []
    for argument in arguments:
        if re.fullmatch('-[a-z]*c[a-z]*', argument):
            create = True
            argument = argument.replace('c', '')
        if argument not in ('-', '--no-indexes', '--indexes'):
            options.append(argument)
    return create, settings.verbosity() + options


def run(arguments):
    from trytond import commandline
    create, arguments = stock_options(arguments)
    options = commandline.get_parser_admin().parse_args(arguments)
    names = options.database_names or settings.databases()
    problem = no_password(options)
    if problem:
        return problem
    commandline.config_log(options)
    database.wait()
    for name in names:
        if not database.exists(name):
            if not create:
                return f'The database {name} does not exist; -c creates it.'
            database.create(name)
    for name in names:
        administer(name, options)
    return 0


def no_password(options):
    path = os.environ.get('TRYTONPASSFILE')
    if path and not os.access(path, os.R_OK):
        return f'The password file {path} (TRYTONPASSFILE) cannot be read by user {os.getuid()}.'
    if options.password and not path and not sys.stdin.isatty():
        return 'There is nobody to ask for a password: name a file that holds it in TRYTONPASSFILE.'
    return None


def administer(name, options):
    import trytond.admin
    from trytond.res.user import User
    # Rules for passwords bind users, not the operator, who could write any into the database.
    User.validate_password = classmethod(lambda cls, password, users: None)
    options = copy.copy(options)
    options.database_names = [name]
    if options.update and not database.has_passwords(name):
        # The first initialisation, or one that was interrupted. Nobody may be there to answer.
        options.email = options.email or ''
        options.password = True
        provide_password()
    trytond.admin.run(options)


def provide_password():
    """Without a terminal and without a password file, the first password is made here and kept."""
    if os.environ.get('TRYTONPASSFILE') or sys.stdin.isatty():
        return
    folder = next(folder for folder in KEPT_IN if os.access(folder, os.W_OK))
    path = os.environ['TRYTONPASSFILE'] = os.path.join(folder, 'admin_password')
    if os.path.exists(path):
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, 'w') as file:
        print(secrets.token_urlsafe(15), file=file)
    print(f'no password was given for admin: one was made and stands in {path}', file=sys.stderr)
