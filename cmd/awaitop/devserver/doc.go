// Package devserver runs Temporal's dev server, `temporal server start-dev` of the Temporal CLI, as a process of its own.
// A test can kill it like a real server and restart it on the same ports with the same state. It ends with the program
// that started it.
//
// The package looks for the CLI on PATH, then in the user's cache folder (os.UserCacheDir, awaitop/temporal-VERSION). If
// neither has one, the package puts one there, once:
//
//   - It downloads version 1.9.1 (server 1.32.0) from https://temporal.download, as the Temporal SDK does: over TLS, but
//     without a checksum. The download ends by itself if it stalls.
//   - Where that site does not answer within 5 seconds, or the download fails, it builds version 1.5.1 (server 1.29.1) from
//     its Go module with `go install`. That takes 3 to 5 minutes, and the go command checks the module's checksum.
//
// A program stops its server at its end:
//
//	server, err := devserver.Start(ctx, devserver.Options{UI: true, Log: os.Stderr})
//	if err != nil {
//		return err
//	}
//	defer func() { _ = server.Stop() }()
//	c, err := client.Dial(client.Options{HostPort: server.Address()})
package devserver
