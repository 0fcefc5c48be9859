"""Known answers: the RFC 6962 reference tree, the notes of C2SP and of its reference code, RFC 8032, RFC 8785."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.core.evidence import verify
from portal.core.evidence.domain import canonical, merkle, notes, proofs

# The reference leaves and roots of Certificate Transparency (transparency-dev/merkle, Apache-2.0).
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [bytes.fromhex(text) for text in (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)]  # fmt: skip
INCLUSION = {
    (0, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (5, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip
CONSISTENCY = {
    (1, 1): [],
    (1, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 5): ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
    (6, 7): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
             "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
}  # fmt: skip
# RFC 8032 section 7.1: (seed, public key, message, signature); the last message is SHA-512("abc").
SIGNATURES = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", hashlib.sha512(b"abc").hexdigest(),
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"),
]  # fmt: skip
# golang.org/x/mod/sumdb/note, the reference of C2SP signed-note.
NOTE_KEY = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
NOTE_PUBLIC = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
NOTE_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NOTE_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# c2sp.org/tlog-checkpoint and c2sp.org/tlog-witness.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
WITNESS = (
    "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n" + SOFA
)


def tree_of(leaves):
    """The stored nodes, and the root after each leaf."""
    nodes, peaks, roots = {}, [], []
    for size, leaf in enumerate(leaves):
        peaks, full = merkle.grow(size, peaks, merkle.leaf_hash(leaf))
        nodes.update(full)
        roots.append(merkle.fold(peaks))
    return nodes, roots


def test_the_reference_tree_has_the_published_root_after_each_leaf():
    assert merkle.fold([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree_of(LEAVES)[1] == ROOTS


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_of_the_reference_tree_are_built_and_accepted(index, size):
    proof = merkle.hashes_of(merkle.inclusion_path(index, size), tree_of(LEAVES)[0].__getitem__)
    assert [item.hex() for item in proof] == INCLUSION[index, size]
    leaf = merkle.leaf_hash(LEAVES[index])
    assert verify.inclusion_ok(leaf, index, size, proof, ROOTS[size - 1])
    for wrong in ([*proof, ROOTS[0]], [ROOTS[0], *proof], proof[:-1], proof[1:]):
        assert not verify.inclusion_ok(leaf, index, size, wrong, ROOTS[size - 1])
    for place in {index - 1, index + 1, index ^ 2}:
        assert not verify.inclusion_ok(leaf, place, size, proof, ROOTS[size - 1])


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_of_the_reference_tree_are_built_and_accepted(old, new):
    proof = merkle.hashes_of(merkle.consistency_path(old, new), tree_of(LEAVES)[0].__getitem__)
    assert [item.hex() for item in proof] == CONSISTENCY[old, new]
    assert verify.consistency_ok(old, new, proof, ROOTS[old - 1], ROOTS[new - 1])
    for wrong in ([*proof, ROOTS[0]], [ROOTS[0], *proof]):
        assert not verify.consistency_ok(old, new, wrong, ROOTS[old - 1], ROOTS[new - 1])
    if old != new:
        assert not verify.consistency_ok(old, new, proof, ROOTS[new - 1], ROOTS[old - 1])
        assert not verify.consistency_ok(old, new, [], ROOTS[old - 1], ROOTS[new - 1])


@pytest.mark.parametrize(("seed", "public", "message", "signature"), SIGNATURES)
def test_signatures_of_rfc_8032_are_accepted_and_a_changed_bit_is_not(seed, public, message, signature):
    public, message, signature = map(bytes.fromhex, (public, message, signature))
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).sign(message) == signature
    assert verify.ed25519_ok(public, message, signature)
    assert not verify.ed25519_ok(public, message + b"\0", signature)
    for place in (0, 31, 32, 63):
        broken = bytearray(signature)
        broken[place] ^= 1
        assert not verify.ed25519_ok(public, message, bytes(broken))


def test_a_signature_with_a_scalar_beyond_the_group_order_is_refused():
    public, signature = bytes.fromhex(SIGNATURES[0][1]), bytes.fromhex(SIGNATURES[0][3])
    malleable = int.from_bytes(signature[32:], "little") + verify.Q
    assert not verify.ed25519_ok(public, b"", signature[:32] + malleable.to_bytes(32, "little"))


def test_the_reference_note_is_signed_byte_for_byte_and_opened():
    key = Ed25519PrivateKey.from_private_bytes(NOTE_KEY[1:])
    note = notes.sign_note(NOTE_TEXT, "PeterNeumann", NOTE_PUBLIC[1:], key.sign)
    assert note == NOTE_TEXT + "\n" + NOTE_SIGNATURE
    assert notes.key_id("PeterNeumann", NOTE_PUBLIC[1:]).hex() == "c74f20a3"


def test_a_checkpoint_is_accepted_only_with_its_own_text_origin_and_key():
    key = Ed25519PrivateKey.from_private_bytes(NOTE_KEY[1:])
    note = notes.sign_note(notes.checkpoint_text("example.com/log", 8, ROOTS[7]), "example.com/log", NOTE_PUBLIC[1:],
                           key.sign)  # fmt: skip
    assert verify.note_signed(note, NOTE_PUBLIC[1:])
    assert verify.parse_checkpoint(note) == ("example.com/log", 8, ROOTS[7])
    assert not verify.note_signed(note.replace("\n8\n", "\n9\n"), NOTE_PUBLIC[1:])
    assert not verify.note_signed(note, bytes.fromhex(SIGNATURES[0][1]))
    assert not verify.note_signed(note.replace("— example.com/log", "— example.com/other"), NOTE_PUBLIC[1:])


def test_the_examples_of_the_c2sp_documents_are_read_and_written():
    origin, size, root = verify.parse_checkpoint(SOFA)
    assert (origin, size, base64.b64encode(root)[:4]) == ("example.com/behind-the-sofa", 20852163, b"CsUY")
    assert SOFA.startswith(notes.checkpoint_text(origin, size, root) + "\n— ")
    old, path, newer = verify.parse_proof(WITNESS, "old")
    assert (old, len(path), newer) == (20852014, 4, SOFA)
    assert proofs.consistency_text(old, path, newer) == WITNESS
    text = proofs.inclusion_text(73894, path, SOFA)
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 73894\nPlRN")
    assert verify.parse_proof(text, "index") == (73894, path, SOFA)


def test_canonical_bytes_are_those_of_rfc_8785():
    value = {"€": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Dalet", "1": "One", "\U0001f600": "Smiley",
             "\x80": "Control", "ö": "O Umlaut", "literals": [None, True, False]}  # fmt: skip
    expected = (
        '{"\\r":"Carriage Return","1":"One","literals":[null,true,false],"\x80":"Control","ö":"O Umlaut",'
        '"€":"Euro Sign","\U0001f600":"Smiley","\ufb33":"Dalet"}'
    ).encode()
    assert canonical.canonical_bytes(value) == expected
    assert verify.canonical(value) == expected
    assert canonical.canonical_bytes([1.0, 1e-6, 1e21]) == b"[1,0.000001,1e+21]"
