// Package emulator runs Google's Cloud Spanner emulator, a real server of the
// Spanner APIs, through the gcloud that is installed. It ends with the program
// that started it.
//
// Its REST port speaks the paths of the Spanner Admin API, so that the
// unmodified spanner/v1 client works against it with an endpoint and without
// authentication. Its operations are always done at once.
//
//	spanner, err := emulator.Start(ctx, os.Stderr)
//	if errors.Is(err, emulator.ErrNotFound) {
//		t.Skip(err)
//	}
package emulator
