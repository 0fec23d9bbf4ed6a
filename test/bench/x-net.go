// The server of golang.org/x/net/webdav in a few lines: a folder at an address, with its locks in memory.
package main

import (
	"log"
	"net/http"
	"os"

	"golang.org/x/net/webdav"
)

func main() {
	handler := &webdav.Handler{FileSystem: webdav.Dir(os.Args[1]), LockSystem: webdav.NewMemLS()}
	log.Fatal(http.ListenAndServe(os.Args[2], handler))
}
