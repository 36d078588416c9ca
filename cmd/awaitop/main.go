// Command awaitop awaits Google Cloud long-running operations on Temporal, and
// operates the waits: a worker, and what looks at waits and steers them.
//
//	awaitop dev                # try all of it, on this machine
//	awaitop worker             # serve a task queue
//	awaitop await REF          # await an operation, with a progress bar
//	awaitop list               # all waits of the namespace
//	awaitop --help
package main

import (
	"context"
	"os"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/cli"
)

func main() { os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Standard())) }
