package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/converter"
)

const (
	// codecTimeout bounds a request to the codec server.
	codecTimeout = 10 * time.Second
	// maxCodecReply bounds its reply, in bytes: the 4 MiB that the Temporal server sends
	// at most, as base64, and room for a codec that compresses. maxCodecError bounds what
	// is read of a refusal.
	maxCodecReply = 16 << 20
	maxCodecError = 4 << 10
)

// codec is a codec server, by which payloads are decoded and encoded.
type codec struct{ endpoint, auth, namespace string }

// codecOf is the codec server of the flags or else of the profile, nil for none. Another
// server than the profile's is not sent the profile's credentials.
func (c *connection) codecOf(profile *envconfig.ClientConfigCodec, namespace string) (*codec, error) {
	found := codec{endpoint: c.codecEndpoint, auth: c.codecAuth, namespace: namespace}
	if found.endpoint == "" && profile != nil {
		found.endpoint, found.auth = profile.Endpoint, cmp.Or(c.codecAuth, profile.Auth)
	}
	if found.endpoint == "" {
		return nil, nil
	}
	found.endpoint = strings.ReplaceAll(found.endpoint, "{namespace}", url.PathEscape(namespace))
	switch at, err := url.Parse(found.endpoint); {
	case err != nil, at.Scheme != "http" && at.Scheme != "https", at.Host == "":
		return nil, usagef("--codec-endpoint, or its TEMPORAL_CODEC_ENDPOINT%s: want a base URL such as https://codec.example/{namespace}", shown(found.endpoint))
	case at.RawQuery != "" || at.Fragment != "" || at.User != nil:
		return nil, usagef("--codec-endpoint, or its TEMPORAL_CODEC_ENDPOINT: want a base URL without a query, fragment or user; credentials go into --codec-auth")
	}
	return &found, nil
}

// shown is an endpoint in quotes, "" if it may hold a key: as a user or in a query.
func shown(endpoint string) string {
	if strings.ContainsAny(endpoint, "@?#") {
		return ""
	}
	return fmt.Sprintf(" %q", endpoint)
}

// converter is the data converter that asks the codec server, until ctx is done.
func (c *codec) converter(ctx context.Context) converter.DataConverter {
	return converter.NewRemoteDataConverter(converter.GetDefaultDataConverter(), converter.RemoteDataConverterOptions{
		Endpoint: c.endpoint,
		Client:   http.Client{Timeout: codecTimeout, Transport: boundedReplies{http.DefaultTransport}},
		ModifyRequest: func(r *http.Request) error {
			*r = *r.WithContext(ctx)
			r.Header.Set("X-Namespace", c.namespace)
			if c.auth != "" {
				r.Header.Set("Authorization", c.auth)
			}
			return nil
		},
	})
}

// boundedReplies reads no more of a reply than it may have.
type boundedReplies struct{ http.RoundTripper }

func (b boundedReplies) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body := &boundedBody{ReadCloser: response.Body, left: maxCodecReply}
	if response.StatusCode != http.StatusOK {
		body.left, body.cut = maxCodecError, true
	}
	response.Body = body
	return response, nil
}

// boundedBody ends after so many bytes, in an error unless what is left may be cut.
type boundedBody struct {
	io.ReadCloser
	left int64
	cut  bool
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left == 0 && b.cut {
		return 0, io.EOF
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if int64(n) > b.left {
		n = int(b.left)
		err = fmt.Errorf("the codec server's reply is over %d MiB", maxCodecReply>>20)
		if b.cut {
			err = io.EOF
		}
	}
	b.left -= int64(n)
	return n, err
}
