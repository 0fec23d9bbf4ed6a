# LibreOffice without a screen, one document at a time. Reads commands, each a line of JSON: ["save_as", "http://..."], and answers
# each with a line: {"value": ...} or {"error": "..."}. For Debian's own Python, the one python3-uno is made for.
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile

try:
    import uno
    import unohelper
    from com.sun.star.beans import PropertyValue
    from com.sun.star.task import XInteractionHandler2
except ImportError:
    sys.exit("python3-uno is not installed. Install it with: apt-get install python3-uno")

START = 100  # seconds that LibreOffice may take to start with a fresh profile
END = 30  # seconds that it may take to end
LIFE = 240  # seconds after which it is ended, whatever it waits for


class Person(unohelper.Base, XInteractionHandler2):
    """Who sits before LibreOffice: gives a name and a password when asked, ten times at most, and else makes one choice."""

    def __init__(self):
        self.become(None, None, "Abort")

    def become(self, name, password, choice):
        self.name, self.password, self.choice, self.patience = name, password, choice, 10

    # What is offered tells what is asked: Python's uno cannot read the request itself when it is an exception.
    def handleInteractionRequest(self, request):
        offered = {kind.typeName.rpartition(".XInteraction")[2]: each for each in request.getContinuations() for kind in each.getTypes()}
        supply = offered.get("SupplyAuthentication2") or offered.get("SupplyAuthentication")
        if supply is not None and self.name is not None and self.patience > 0:
            self.patience -= 1
            supply.setUserName(self.name)
            supply.setPassword(self.password)
            supply.select()
        elif self.choice in offered:
            offered[self.choice].select()
        elif "Abort" in offered:
            offered["Abort"].select()
        return True

    def handle(self, request):
        self.handleInteractionRequest(request)


def properties(**values):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


class Office:
    def __init__(self, profile):
        soffice = shutil.which("soffice")
        if soffice is None:
            sys.exit("soffice is not installed. Install it with: apt-get install libreoffice-writer")
        self.document = None
        # One for ever: LibreOffice asks about a folder whoever was there when it first saved anything.
        self.somebody = Person()
        pipe = "dav207-%d" % os.getpid()
        options = ["--headless", "--norestore", "--nologo", "--accept=pipe,name=%s;urp" % pipe]
        # A group of its own, to be ended as a whole: soffice is a script that starts a program that starts LibreOffice.
        self.process = subprocess.Popen(
            [soffice, "-env:UserInstallation=file://" + profile, *options],
            start_new_session=True,
            env={**os.environ, "TMPDIR": os.environ["HOME"]},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        threading.Thread(target=self.outlive, daemon=True).start()
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        deadline = time.monotonic() + START
        while True:
            try:
                self.context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
                break
            except Exception as error:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.kill()
                    sys.exit("LibreOffice did not start: %s" % error)
                time.sleep(0.05)
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def outlive(self):
        time.sleep(LIFE)
        self.kill()

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end(self):
        """Lets LibreOffice put its things away: its pipes are in /tmp. After a save that failed it may not end by itself."""
        try:
            self.desktop.terminate()
            self.process.wait(END)
        except Exception as error:
            print("LibreOffice did not end: %s" % error, file=sys.stderr)
        finally:
            self.kill()

    def person(self, name, password, choice):
        self.somebody.become(name, password, choice)

    def create(self, text):
        self.document = self.desktop.loadComponentFromURL("private:factory/swriter", "_blank", 0, properties(Hidden=True))
        self.document.Text.String = text

    def open(self, url):
        how = properties(Hidden=True, InteractionHandler=self.somebody)
        self.document = self.desktop.loadComponentFromURL(url, "_blank", 0, how)
        if self.document is None:
            raise RuntimeError("not opened")
        return {"text": self.document.Text.String, "readonly": self.document.isReadonly(), "copy": self.document.URL == ""}

    def write(self, text):
        self.document.Text.String = text

    def save(self):
        self.document.store()

    def save_as(self, url):
        self.document.storeAsURL(url, properties(InteractionHandler=self.somebody))

    def close(self):
        document, self.document = self.document, None
        document.close(True)

    def files(self, verb, *args):
        """What the file dialog does: com.sun.star.ucb.SimpleFileAccess."""
        return getattr(self.service("com.sun.star.ucb.SimpleFileAccess"), verb)(*args)

    def content(self, path):
        """The XML of a document on the disk, as it is in the file."""
        with zipfile.ZipFile(path) as document:
            return document.read("content.xml").decode()


def serve(office):
    for line in sys.stdin:
        command, *args = json.loads(line)
        try:
            answer = {"value": getattr(office, command)(*args)}
        except Exception as error:
            answer = {"error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(answer), flush=True)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
office = Office(os.path.join(os.environ["HOME"], "profile"))
try:
    print(json.dumps({"value": "started"}), flush=True)
    serve(office)
finally:
    office.end()
