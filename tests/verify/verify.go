// Verify checks a record folder with other people's code: Debian's golang-golang-x-mod-dev, the note and
// transparency log packages of the Go checksum database. Nothing of Liptako is linked or called.
//
//	verify [-tamper] RECORD KEYS
//
// RECORD holds `checkpoint` and `tile/`; KEYS is a file of verifier keys, one a line, of logs (type 1) and of
// witnesses (type 4). What is checked: the signatures of the newest checkpoint and of those kept in `checkpoints`;
// every hash of every tile against the tile below, and the root; every entry against its hash; proofs of inclusion
// and of consistency made from the tiles. With -tamper it then changes and removes tiles, in memory, and fails
// unless each is noticed.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	proofs     = 100
)

// The note package knows plain Ed25519 keys; this is a key of a witness, whose signatures carry a time
// (c2sp.org/tlog-cosignature, type 0x04).
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	header := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(w.key, append([]byte(header), msg...), sig[8:])
}

func parseKey(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("%q is not a verifier key", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize {
		return nil, fmt.Errorf("%q is not a verifier key", vkey)
	}
	if key[0] != 4 {
		return note.NewVerifier(vkey)
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	return &witness{parts[0], uint32(hash), ed25519.PublicKey(key[1:])}, nil
}

func readKeys(path string) (note.Verifiers, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys []note.Verifier
	for _, line := range strings.Split(string(content), "\n") {
		if line == "" {
			continue
		}
		key, err := parseKey(line)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return note.VerifierList(keys...), nil
}

type checkpoint struct {
	origin    string
	tree      tlog.Tree
	witnesses int
}

// The text of a checkpoint is its origin, size and root (c2sp.org/tlog-checkpoint).
func openCheckpoint(content []byte, keys note.Verifiers) (checkpoint, error) {
	opened, err := note.Open(content, keys)
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) != 4 {
		return checkpoint{}, errors.New("a checkpoint has three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return checkpoint{}, err
	}
	result := checkpoint{origin: lines[0], tree: tlog.Tree{N: size, Hash: root}}
	byLog := false
	for _, sig := range opened.Sigs {
		if sig.Name == result.origin {
			byLog = true
		} else {
			result.witnesses++
		}
	}
	if !byLog {
		return checkpoint{}, fmt.Errorf("not signed by the log %s", result.origin)
	}
	return result, nil
}

// A record's files. `changed` stands before the disk: a file with other content, or nil for a missing one.
type record struct {
	folder  string
	changed map[string][]byte
}

func (r *record) read(path string) ([]byte, error) {
	if content, found := r.changed[path]; found {
		if content == nil {
			return nil, fmt.Errorf("%s: missing", path)
		}
		return content, nil
	}
	return os.ReadFile(filepath.Join(r.folder, filepath.FromSlash(path)))
}

// The package writes the height into a tile's path, the log's layout (c2sp.org/tlog-tiles) does not.
func tilePath(t tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", tileHeight))
}

func entriesPath(n int64, width int) string {
	data := tlog.Tile{H: tileHeight, L: -1, N: n, W: width}
	return "tile/entries/" + strings.TrimPrefix(data.Path(), fmt.Sprintf("tile/%d/data/", tileHeight))
}

func (r *record) Height() int                             { return tileHeight }
func (r *record) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}
func (r *record) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		content, err := r.readTile(tile)
		if err != nil {
			return nil, err
		}
		data[i] = content
	}
	return data, nil
}

// A partial tile may have been replaced by the full one since.
func (r *record) readTile(tile tlog.Tile) ([]byte, error) {
	size := tile.W * tlog.HashSize
	content, err := r.read(tilePath(tile))
	if err != nil && tile.W < tileWidth {
		full := tile
		full.W = tileWidth
		if content, fullErr := r.read(tilePath(full)); fullErr == nil && len(content) == tileWidth*tlog.HashSize {
			return content[:size], nil
		}
	}
	if err != nil {
		return nil, err
	}
	if len(content) != size {
		return nil, fmt.Errorf("%s: %d bytes, not %d", tilePath(tile), len(content), size)
	}
	return content, nil
}

// The tiles of one level of a tree.
func tilesOfLevel(size int64, level int) []tlog.Tile {
	hashes := size >> (tileHeight * level)
	var tiles []tlog.Tile
	for n := int64(0); n*tileWidth < hashes; n++ {
		width := hashes - n*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: n, W: int(width)})
	}
	return tiles
}

func hashesOf(content []byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(content)/tlog.HashSize)
	for i := range hashes {
		copy(hashes[i][:], content[i*tlog.HashSize:])
	}
	return hashes
}

func topOf(hashes []tlog.Hash) tlog.Hash {
	for len(hashes) > 1 {
		half := make([]tlog.Hash, len(hashes)/2)
		for i := range half {
			half[i] = tlog.NodeHash(hashes[2*i], hashes[2*i+1])
		}
		hashes = half
	}
	return hashes[0]
}

// Every tile is there and holds the hashes of the tiles below it.
func checkTiles(r *record, tree tlog.Tree) (count int, err error) {
	var below []tlog.Hash // the tops of the full tiles of the level below
	for level := 0; tree.N>>(tileHeight*level) > 0; level++ {
		var tops []tlog.Hash
		for _, tile := range tilesOfLevel(tree.N, level) {
			content, err := r.readTile(tile)
			if err != nil {
				return count, err
			}
			hashes := hashesOf(content)
			for i, hash := range hashes {
				if level > 0 && hash != below[tile.N*tileWidth+int64(i)] {
					return count, fmt.Errorf("%s: hash %d is not that of the tile below", tilePath(tile), i)
				}
			}
			if tile.W == tileWidth {
				tops = append(tops, topOf(hashes))
			}
			count++
		}
		below = tops
	}
	return count, nil
}

// Every bundle of entries hashes to the tile of level 0 beside it.
func checkEntries(r *record, tree tlog.Tree) error {
	for _, tile := range tilesOfLevel(tree.N, 0) {
		content, err := r.readTile(tile)
		if err != nil {
			return err
		}
		path := entriesPath(tile.N, tile.W)
		bundle, err := r.read(path)
		if err != nil && tile.W < tileWidth {
			path = entriesPath(tile.N, tileWidth)
			bundle, err = r.read(path)
		}
		if err != nil {
			return err
		}
		for i, hash := range hashesOf(content) {
			if len(bundle) < 2 {
				return fmt.Errorf("%s: cut off", path)
			}
			size := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+size {
				return fmt.Errorf("%s: cut off", path)
			}
			if tlog.RecordHash(bundle[2:2+size]) != hash {
				return fmt.Errorf("%s: entry %d is not the one the log committed to", path, tile.N*tileWidth+int64(i))
			}
			bundle = bundle[2+size:]
		}
		if len(bundle) != 0 && path == entriesPath(tile.N, tile.W) {
			return fmt.Errorf("%s: more than %d entries", path, tile.W)
		}
	}
	return nil
}

// Proofs out of the tiles, which the package's reader verifies against the root as it reads.
func checkProofs(r *record, tree tlog.Tree, random *rand.Rand) error {
	if tree.N == 0 {
		return nil
	}
	reader := tlog.TileHashReader(tree, r)
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the tiles do not have the checkpoint's root")
	}
	for i := 0; i < proofs; i++ {
		n := random.Int63n(tree.N)
		proof, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return err
		}
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf[0]); err != nil {
			return fmt.Errorf("inclusion of entry %d: %v", n, err)
		}
		leaf[0][7] ^= 1
		if tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf[0]) == nil {
			return fmt.Errorf("another entry passes for entry %d", n)
		}
	}
	for i := 0; i < proofs; i++ {
		if err := checkConsistency(r, tree, 1+random.Int63n(tree.N), nil); err != nil {
			return err
		}
	}
	return nil
}

// The tree of `old` entries, with the root given if one is, is the beginning of this one.
func checkConsistency(r *record, tree tlog.Tree, old int64, root *tlog.Hash) error {
	reader := tlog.TileHashReader(tree, r)
	if root == nil {
		computed, err := tlog.TreeHash(old, reader)
		if err != nil {
			return err
		}
		root = &computed
	}
	proof, err := tlog.ProveTree(tree.N, old, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old, *root); err != nil {
		return fmt.Errorf("consistency of %d with %d: %v", old, tree.N, err)
	}
	return nil
}

func checkTree(r *record, tree tlog.Tree) (tiles int, err error) {
	if tiles, err = checkTiles(r, tree); err != nil {
		return tiles, err
	}
	if err = checkEntries(r, tree); err != nil {
		return tiles, err
	}
	return tiles, checkProofs(r, tree, rand.New(rand.NewSource(tree.N)))
}

// Changes a byte of a few tiles of each level and a few bundles, cuts each short and takes each away: all must be
// noticed.
func tamper(r *record, tree tlog.Tree) (count int, err error) {
	random := rand.New(rand.NewSource(1))
	var paths []string
	for level := 0; tree.N>>(tileHeight*level) > 0; level++ {
		tiles := tilesOfLevel(tree.N, level)
		random.Shuffle(len(tiles), func(i, j int) { tiles[i], tiles[j] = tiles[j], tiles[i] })
		for i := 0; i < len(tiles) && i < 3; i++ {
			paths = append(paths, tilePath(tiles[i]))
			if level == 0 {
				paths = append(paths, entriesPath(tiles[i].N, tiles[i].W))
			}
		}
	}
	for _, path := range paths {
		whole, err := r.read(path)
		if err != nil {
			return count, err
		}
		flipped := append([]byte(nil), whole...)
		flipped[random.Intn(len(flipped))] ^= 1 << random.Intn(8)
		for _, content := range [][]byte{flipped, whole[:len(whole)-1], nil} {
			r.changed = map[string][]byte{path: content}
			_, err := checkTree(r, tree)
			r.changed = nil
			if err == nil {
				return count, fmt.Errorf("%s was changed and nobody noticed", path)
			}
			count++
		}
	}
	return count, nil
}

func verify(folder, keyFile string, withTamper bool) error {
	keys, err := readKeys(keyFile)
	if err != nil {
		return err
	}
	r := &record{folder: folder}
	signed, err := r.read("checkpoint")
	if err != nil {
		return err
	}
	newest, err := openCheckpoint(signed, keys)
	if err != nil {
		return fmt.Errorf("checkpoint: %v", err)
	}
	tiles, err := checkTree(r, newest.tree)
	if err != nil {
		return err
	}
	earlier, cosigned := 0, 0
	files, err := filepath.Glob(filepath.Join(folder, "checkpoints", "*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		old, err := openCheckpoint(content, keys)
		if err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
		if old.origin != newest.origin || old.tree.N > newest.tree.N {
			return fmt.Errorf("%s: not an earlier checkpoint of this log", file)
		}
		if old.tree.N > 0 {
			if err := checkConsistency(r, newest.tree, old.tree.N, &old.tree.Hash); err != nil {
				return fmt.Errorf("%s: %v", file, err)
			}
		}
		earlier++
		if old.witnesses > 0 {
			cosigned++
		}
	}
	fmt.Printf("%s: %d entries, %d tiles, %d cosignatures, %d earlier checkpoints, %d of them cosigned: verified\n",
		newest.origin, newest.tree.N, tiles, newest.witnesses, earlier, cosigned)
	if !withTamper {
		return nil
	}
	at := bytes.Index(signed, []byte("\n")) + 1 // the size
	forged := append([]byte(nil), signed...)
	forged[at] ^= 1
	if _, err := openCheckpoint(forged, keys); err == nil {
		return errors.New("a forged checkpoint passes")
	}
	count, err := tamper(r, newest.tree)
	if err != nil {
		return err
	}
	fmt.Printf("%s: a forged checkpoint and %d changes to tiles: all noticed\n", newest.origin, count)
	return nil
}

func main() {
	withTamper := flag.Bool("tamper", false, "also check that changes are noticed")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: verify [-tamper] RECORD KEYS")
		os.Exit(2)
	}
	if err := verify(flag.Arg(0), flag.Arg(1), *withTamper); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
}
