package rest

import (
	"errors"
	"io"
	"net/http"
)

var errTooLarge = errors.New("the reply is too large")

// bodyLimit bounds the bodies of all replies, those to generated clients too.
type bodyLimit struct {
	base http.RoundTripper
	most int64 // bytes
}

// RoundTrip has reads of the reply's body fail with errTooLarge beyond the limit: at once
// where the reply says that it is longer.
func (l bodyLimit) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body := &limitedBody{ReadCloser: response.Body, left: l.most}
	if response.ContentLength > l.most {
		body.left = -1
	}
	response.Body = body
	return response, nil
}

// limitedBody is a body that may be read up to a limit.
type limitedBody struct {
	io.ReadCloser
	left int64 // negative once more than the limit has come
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n + int(b.left), errTooLarge
	}
	return n, err
}
