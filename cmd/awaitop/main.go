// Command awaitop awaits Google Cloud long-running operations on Temporal. It runs a worker, shows waits and steers them.
//
//	awaitop dev                # try awaitop on this machine
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
