package rest

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/services/internal/requests"
)

const (
	// redacted stands for a credential.
	redacted = "REDACTED"
	// minSecret is the shortest credential that is looked for, in bytes. A shorter one is a test's,
	// and occurs in other words.
	minSecret = 8
)

// secrets are the credentials of one request. A service may repeat them in its reply, in its
// message, a redirect or a malformed header.
type secrets []string

// secretsOf returns the credentials of a request: those of its Authorization and X-Goog-Api-Key
// headers, and of the query parameters that hold credentials.
func secretsOf(r *http.Request) secrets {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	found := []string{token, r.Header.Get("X-Goog-Api-Key")}
	if r.URL.RawQuery != "" {
		query := r.URL.Query()
		found = append(found, query.Get("key"), query.Get("access_token"))
	}
	return slices.DeleteFunc(found, func(secret string) bool { return len(secret) < minSecret })
}

func (s secrets) inText(text string) string { return string(s.inBody([]byte(text))) }

// inBody returns the text without the secrets. Without any it returns the text itself. It finds a
// secret in any case, and whichever of its characters a URL, JSON or HTML escapes.
func (s secrets) inBody(text []byte) []byte {
	var out []byte
	kept := 0
	for i := 0; i < len(text); {
		length := s.lengthAt(text[i:])
		if length == 0 {
			i++
			continue
		}
		out = append(append(out, text[kept:i]...), redacted...)
		i += length
		kept = i
	}
	if kept == 0 {
		return text
	}
	return append(out, text[kept:]...)
}

// lengthAt is the length of the secret that the text begins with, 0 for none.
func (s secrets) lengthAt(text []byte) int {
	for _, secret := range s {
		if length := lengthOf(secret, text); length > 0 {
			return length
		}
	}
	return 0
}

// lengthOf is the length of the secret at the beginning of the text, 0 if it is not there.
func lengthOf(secret string, text []byte) int {
	at := 0
	for i := range len(secret) {
		c, width := character(text[at:])
		if width == 0 || lower(c) != lower(secret[i]) {
			return 0
		}
		at += width
	}
	return at
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// inHeader removes the secrets from a reply's header.
func (s secrets) inHeader(header http.Header) {
	for name, values := range header {
		if s.inText(name) != name {
			delete(header, name)
			continue
		}
		for i, value := range values {
			values[i] = s.inText(value)
		}
	}
}

// inError returns the transport's error without the secrets, and without the part of a malformed
// reply that it quotes.
func (s secrets) inError(err error) error {
	text := err.Error()
	if i := strings.IndexByte(text, '"'); i >= 0 && strings.Contains(text, "malformed") {
		text = strings.TrimRight(text[:i], " :,")
	}
	if text = s.inText(text); text == err.Error() {
		return err
	}
	return &redactedError{err, text}
}

// redactedError is an error with another text. For errors.Is it is the original error. It cannot be
// unwrapped, because the original's text holds the secret.
type redactedError struct {
	err  error
	text string
}

func (e *redactedError) Error() string { return e.text }

// Is reports whether the error is target.
func (e *redactedError) Is(target error) bool { return errors.Is(e.err, target) }

// Timeout is the error's own.
func (e *redactedError) Timeout() bool { return requests.IsTimeout(e.err) }

// Temporary is there for net.Error, and false.
func (e *redactedError) Temporary() bool { return false }
