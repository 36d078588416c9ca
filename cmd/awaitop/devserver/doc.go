// Package devserver runs the Temporal dev server everybody knows, the
// Temporal CLI's `temporal server start-dev`, as a process of its own: it can
// be killed like a real one, comes back on the same port with the same state,
// and ends with the program that started it.
//
// The CLI is looked for on PATH, then in the user's cache folder
// (os.UserCacheDir, awaitop/temporal-1.5.1). Found in neither, it is built there
// once with `go install`, which takes 3 to 5 minutes.
//
//	server, err := devserver.Start(ctx, devserver.Options{UI: true, Log: os.Stderr})
//	if err != nil {
//		return err
//	}
//	defer func() { _ = server.Stop() }()
//	c, err := client.Dial(client.Options{HostPort: server.Address()})
package devserver
