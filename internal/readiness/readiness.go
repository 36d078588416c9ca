package readiness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	// Within bounds how long a server may take to answer. A busy machine needs minutes.
	Within = 3 * time.Minute
	// every is the time between two requests.
	every = 100 * time.Millisecond
)

// errLate is the end of a wait for an answer.
var errLate = errors.New("no answer")

// ErrEnded says that the process ended before it answered; its log, if kept,
// says why.
var ErrEnded = errors.New("the process ended before it answered")

// Await calls answers until it returns nil, the process has ended, [Within] has passed or ctx is
// done.
func Await(ctx context.Context, ended <-chan struct{}, answers func(context.Context) error) error {
	return await(ctx, Within, ended, answers)
}

func await(ctx context.Context, within time.Duration, ended <-chan struct{}, answers func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, errLate)
	defer cancel()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		err := answers(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			return ErrEnded
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errLate) {
				return fmt.Errorf("%w within %s: is the machine busy? Last try: %w", errLate, within, err)
			}
			return fmt.Errorf("%w; last answer: %w", ctx.Err(), err)
		case <-ticker.C:
		}
	}
}

// Page reads a page. A status other than 200 is an error.
func Page(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}

// Refuses reports whether the address stops accepting connections within 20 s.
func Refuses(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return ctx.Err() == nil && !os.IsTimeout(err) // the dialer may notice the end before ctx does
		}
		_ = conn.Close()
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}
