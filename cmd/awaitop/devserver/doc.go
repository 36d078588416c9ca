// Package devserver runs Temporal's dev server, `temporal server start-dev` of the Temporal CLI, as a process of its own.
// A test can kill it like a real server and restart it on the same ports with the same state. It ends with the program
// that started it.
//
// The package looks for the CLI on PATH, then in the user's cache folder (os.UserCacheDir, awaitop/temporal-1.5.1). If
// neither has it, the package builds it there once with `go install`, which takes 3 to 5 minutes.
//
//	server, err := devserver.Start(ctx, devserver.Options{UI: true, Log: os.Stderr})
//	if err != nil {
//		return err
//	}
//	defer func() { _ = server.Stop() }()
//	c, err := client.Dial(client.Options{HostPort: server.Address()})
package devserver
